import { Dongle, jabraVendorId, Session } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';

const clock = new VirtualClock();
const bus = new VirtualBus(clock);
const adapter = virtualDevice({ family: 'link-380', serial: '50C275000001' });
adapter.radio?.bring(virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' }), { discoverable: true });
bus.plug(adapter);

const [info] = await bus.list(jabraVendorId);
if (!info) throw new Error('no dongle is plugged in');
const session = new Session(await bus.open(info), clock);
const dongle = new Dongle(session, clock);

const { headsets } = await clock.complete(dongle.search({ onFound: ({ address, name }) => console.log(`found ${address} ${name ?? '…'}`) }));
const [found] = headsets;
if (!found) throw new Error('no headset is in pairing mode');
await clock.complete(dongle.pair(found.address));

const child = await clock.complete(dongle.child());
const battery = await child?.device.battery();
console.log(`${child?.identity.name} (${child?.identity.serial}) is behind the dongle, battery ${battery?.level} %`);
await session.close();
await bus.close();
