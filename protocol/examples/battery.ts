import { Address, findProduct, GnpDevice, jabraVendorId, readIdentity, Session } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';

const clock = new VirtualClock();
const bus = new VirtualBus(clock);
bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' }));

for (const info of await bus.list(jabraVendorId)) {
  const session = new Session(await bus.open(info), clock);
  const family = findProduct(info.productId)?.family ?? null;
  // The last argument is how its settings may be reached (`selectWires`): here not at all.
  const device = new GnpDevice(session, family?.address ?? Address.headsetViaUsb, family, []);
  const { name, serial, version } = await readIdentity(session, device.address);
  const battery = await device.battery();
  // No battery, or a level that the device doesn't know, is null.
  console.log(`${name} (${serial}), firmware ${version}, battery ${battery?.level ?? '?'} %`);
  await session.close();
}
await bus.close();
