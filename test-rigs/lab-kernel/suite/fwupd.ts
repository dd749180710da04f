import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { buildFirmwarePackage } from '@jpd/protocol/firmware';
import { type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { findProgram } from '../../lab/find-program.ts';
import { RunningProgram } from '../../lab/processes.ts';
import { eventually } from '../../lab/waiting.ts';
import { attachAll } from './attached.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';

interface FwupdDevice {
  readonly Name: string;
  readonly DeviceId: string;
  readonly Version?: string;
  readonly BatteryLevel?: number;
}

/** Whatever waits for hot-plug needs the shim on Debian 12. */
const shim = { LD_PRELOAD: '/run/share/netlink-shim.so' };

async function fwupdtool(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const program = RunningProgram.start(findProgram('fwupdtool') ?? 'fwupdtool', [...words, '--plugins', 'jabra_gnp'], { env });
  const { code, out, err } = await program.ended;
  assert.equal(code, 0, `fwupdtool ${words.join(' ')} ended with ${code}:\n${out}\n${err}`);
  return out;
}

async function devicesOfFwupd(): Promise<readonly FwupdDevice[]> {
  const out = await fwupdtool(['get-devices', '--json']);
  // What is missing shows as undefined in a comparison.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { Devices } = JSON.parse(out.slice(out.indexOf('{'))) as { readonly Devices: readonly FwupdDevice[] };
  return Devices;
}

const content = (length: number, seed: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * seed + (index >> 8)) & 0xff);

/** A package of two partitions for a device. */
function packageFor({ state }: VirtualDevice, version: string): { readonly zip: Uint8Array; readonly images: ReadonlyMap<number, Uint8Array> } {
  const images = new Map([
    [1, content(3000, 7)],
    [2, content(1111, 11)],
  ]);
  const zip = buildFirmwarePackage({
    productName: state.family.name,
    version,
    dfuProductIds: [state.dfuProductId],
    images: [...images].map(([partition, bytes]) => ({ partition, content: bytes })),
  });
  return { zip, images };
}

function updated(family: string, updateProtocol: 7 | 16): KernelTest {
  return kernelTest(`fwupd updates ${family} byte for byte, update protocol ${updateProtocol}`, async () => {
    // `install-blob` reads the device again at once and fails where it is away then, which a daemon waits for: this one goes later.
    const firmware = { leaveMs: 8000 };
    const device = virtualDevice({ family, serial: '70BF92000001', updateProtocol, version: '1.0.5', firmware });
    const attached = await attachAll(device);
    try {
      const { zip, images } = packageFor(device, '1.2.3');
      await writeFile('/tmp/firmware.zip', zip);
      const [listed] = await devicesOfFwupd();
      assert.equal(listed?.Version, '1.0.5');
      await fwupdtool(['install-blob', '/tmp/firmware.zip', listed.DeviceId], shim);
      await eventually('it runs the new version', () => device.state.version === '1.2.3' && attached.bus.isPlugged(device));
      assert.deepEqual(device.state.flash?.running, images);
      const [again] = await eventually('fwupd sees it again', async () => {
        const all = await devicesOfFwupd();
        return all.length > 0 && all;
      });
      assert.equal(again?.Version, '1.2.3');
    } finally {
      await attached.close();
    }
  });
}

/** A client that the vendor wrote, on real USB. */
export const fwupd: readonly KernelTest[] = [
  kernelTest('fwupd lists a headset, a dongle with its headset, and a speakerphone, with names and versions', async () => {
    const child = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
    const devices = [virtualDevice({ family: 'evolve2-75' }), virtualDevice({ family: 'link-380', child }), virtualDevice({ family: 'speak2-75' })];
    const attached = await attachAll(...devices);
    try {
      const listed = await devicesOfFwupd();
      const expected = [...devices, child].map(({ state }) => `${state.family.name} ${state.version}`);
      assert.deepEqual(listed.map(({ Name, Version }) => `${Name} ${Version}`).toSorted(), expected.toSorted());
    } finally {
      await attached.close();
    }
  }),
  updated('evolve2-75', 7),
  updated('speak2-75', 16),
];
