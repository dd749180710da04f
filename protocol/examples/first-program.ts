import { Address, jabraVendorId, readIdentity, Session } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';

const clock = new VirtualClock();
const bus = new VirtualBus(clock);
bus.plug(virtualDevice({ family: 'evolve2-75' }));
for (const info of await bus.list(jabraVendorId)) {
  const session = new Session(await bus.open(info), clock);
  const { name, version } = await readIdentity(session, Address.headsetViaUsb);
  console.log(`${name}, firmware ${version}`);
}
await bus.close();
