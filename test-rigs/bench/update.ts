import { type FirmwarePackage, firmwareCrc, hidUpdateTarget, jabraVendorId, updateFirmware } from '@jpd/protocol';
import { VirtualBus, virtualDevice } from '@jpd/protocol/virtual';
import { machineClock } from '../platform/machine-clock.ts';
import { pacedPort } from './paced-port.ts';
import type { Row } from './rows.ts';
import { updateByHand } from './update-floor.ts';

/** One report for each millisecond: an interrupt endpoint of a full-speed device. */
const reportMs = 1;
const serial = '70BF92000001';
const from = '1.8.13';
const to = '2.3.4';

/** A fresh device on a bus of its own, seen through a port that takes its time. */
function rig(): { readonly port: ReturnType<typeof pacedPort>; readonly address: number } {
  const bus = new VirtualBus(machineClock);
  const device = virtualDevice({ family: 'evolve2-75', serial, version: from });
  bus.plug(device);
  return { port: pacedPort(bus, reportMs), address: device.state.family.address };
}

function packageOf(content: Uint8Array): FirmwarePackage {
  const image = { name: 'image.bin', content, partition: 1, crc: firmwareCrc(content), version: to, target: 'headset', language: 0x0409 };
  return { productName: 'Jabra Evolve2 75', version: to, releaseDate: null, dfuProductIds: [0x24da], images: [image] };
}

async function milliseconds(what: () => Promise<string>): Promise<number> {
  const begun = performance.now();
  const version = await what();
  if (version !== to) throw new Error(`the update came to nothing: ${version}`);
  return performance.now() - begun;
}

function updateByLibrary(image: Uint8Array): Promise<number> {
  const { port, address } = rig();
  const target = hidUpdateTarget(port, machineClock, { vendorId: jabraVendorId, serial, physicalPort: 'virtual-1' }, address);
  return milliseconds(async () => {
    const outcome = await updateFirmware({ target, clock: machineClock, firmware: packageOf(image), digest: 'bench' });
    return outcome.status === 'updated' ? outcome.version : JSON.stringify(outcome);
  });
}

/** A whole update against the least that the same port and device take for it: blocks, round trips, erasing, restarting. */
export async function updateRows(blocks: number, rounds: number): Promise<readonly Row[]> {
  const image = Uint8Array.from({ length: blocks * 52 }, (_, index) => (Math.imul(index + 1, 0x9e3779b1) >>> 13) & 0xff);
  const best = { ms: Infinity, byHandMs: Infinity };
  // The clock's timers don't keep a process alive.
  const alive = setInterval(() => undefined, 1000);
  for (let round = 0; round < rounds; round += 1) {
    const { port, address } = rig();
    best.byHandMs = Math.min(best.byHandMs, await milliseconds(() => updateByHand(port, address, image)));
    best.ms = Math.min(best.ms, await updateByLibrary(image));
  }
  clearInterval(alive);
  return [
    {
      group: 'update',
      name: `update of ${blocks} blocks, a report each ${reportMs} ms`,
      ratio: best.ms / best.byHandMs,
      goal: 1.05,
      values: { ms: best.ms, byHandMs: best.byHandMs },
    },
  ];
}
