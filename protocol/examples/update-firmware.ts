import { createHash } from 'node:crypto';
import { Address, findProduct, hidUpdateTarget, jabraVendorId, updateFirmware } from '@jpd/protocol';
import { buildFirmwarePackage, readFirmwarePackage } from '@jpd/protocol/firmware';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';

const clock = new VirtualClock();
const bus = new VirtualBus(clock);
const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', version: '1.8.13' });
bus.plug(headset);

// Of a real device it is the vendor's file. A virtual one takes what is built for it: any bytes, in any partition, for the DFU product id that the device
// tells (message 02/13, `readIdentity(…).dfuProductId`); of most products it is the USB product id.
const zip = buildFirmwarePackage({
  productName: 'Jabra Evolve2 75',
  version: '1.11.7',
  dfuProductIds: [headset.state.dfuProductId],
  images: [{ partition: 1, content: Uint8Array.from({ length: 5000 }, (_, index) => (index * 7) & 0xff) }],
});
const firmware = readFirmwarePackage(zip);
// Names the package in the journal, where there is one: any text that no other package has.
const digest = createHash('sha256').update(zip).digest('hex');

const [info] = await bus.list(jabraVendorId);
if (!info) throw new Error('no device is plugged in');
// The device comes back under another path: the target finds it again by its serial.
const address = findProduct(info.productId)?.family.address ?? Address.headsetViaUsb;
const target = hidUpdateTarget(bus, clock, info, address);

const shown = new Set();
const updated = updateFirmware({
  target,
  clock,
  firmware,
  digest,
  onProgress: ({ step, done, total }) => shown.add(step === 'sending' ? `${step} ${Math.round((100 * done) / total)} %` : step),
});
const outcome = await clock.complete(updated);

console.log([...shown].join(', '));
if (outcome.status === 'updated') console.log(`it was ${outcome.from} and says now that it is ${outcome.version}`);
else console.log(outcome.status === 'refused' ? `refused: ${outcome.message}` : outcome.status);
await bus.close();
