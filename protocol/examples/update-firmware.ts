import { Address, findProduct, hidUpdateTarget, jabraVendorId, updateFirmware } from '@jpd/protocol';
import { buildFirmwarePackage, readFirmwarePackage } from '@jpd/protocol/firmware';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';

const clock = new VirtualClock();
const bus = new VirtualBus(clock);
bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', version: '1.8.13' }));

// Of a real device it is the vendor's file. A virtual one takes what is built for it.
const zip = buildFirmwarePackage({
  productName: 'Jabra Evolve2 75',
  version: '1.11.7',
  dfuProductIds: [0x24da],
  images: [{ partition: 1, content: Uint8Array.from({ length: 5000 }, (_, index) => (index * 7) & 0xff) }],
});
const firmware = readFirmwarePackage(zip);

const [info] = await bus.list(jabraVendorId);
if (!info) throw new Error('no device is plugged in');
// The device comes back under another path: the target finds it again by its serial.
const address = findProduct(info.productId)?.family.address ?? Address.headsetViaUsb;
const target = hidUpdateTarget(bus, clock, info, address);

const steps = new Set<string>();
const updated = updateFirmware({ target, clock, firmware, digest: 'sha-256 of the zip', onProgress: ({ step }) => steps.add(step) });
// Only a virtual clock has to be told to go on.
const outcome = await clock.complete(updated);

console.log([...steps].join(' → '));
console.log(outcome.status === 'updated' ? `${outcome.from} is now ${outcome.version}` : `not updated: ${outcome.status}`);
