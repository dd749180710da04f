import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFirmwarePackage } from '@jpd/protocol/firmware';
import { onUpdateRequest, virtualDevice } from '@jpd/protocol/virtual';
import { RunningProgram } from '../../lab/processes.ts';
import { startMs } from './agent-program.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { withDevices } from './with-devices.ts';

const content = (length: number, seed: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * seed + (index >> 8)) & 0xff);

/** Our updater through hidraw. */
export const update: readonly KernelTest[] = [
  kernelTest('a headset pulled out while it is written is written again, also by the program after the one that was killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'update-'));
    const [packageFile, journalFile] = [join(folder, 'firmware.zip'), join(folder, 'journal')];
    const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', version: '1.0.5' });
    const images = new Map([
      [1, content(20_000, 7)],
      [2, content(3000, 11)],
    ]);
    const zip = buildFirmwarePackage({
      productName: device.state.family.name,
      version: '1.2.3',
      dfuProductIds: [device.state.dfuProductId],
      images: [...images].map(([partition, bytes]) => ({ partition, content: bytes })),
    });
    await writeFile(packageFile, zip);
    const updater = (): RunningProgram =>
      RunningProgram.start(process.execPath, ['/run/programs/update-main.mjs', device.serial, packageFile, journalFile]);

    await withDevices([device], async () => {
      // 385 blocks in the first image: in the middle of the first run, and again in the second.
      device.behave(onUpdateRequest('block', 'unplug', { nth: 100 }));
      device.behave(onUpdateRequest('block', 'unplug', { nth: 300 }));
      const killed = updater();
      await killed.prints(/"reconnecting"[^]*"sending"[^]*"reconnecting"/, startMs);
      await killed.kill();
      assert.deepEqual([device.state.version, device.state.flash?.running.size], ['1.0.5', 0]);
      const { phase, attempts }: { readonly phase?: unknown; readonly attempts?: unknown } = JSON.parse(await readFile(journalFile, 'utf8'));
      assert.deepEqual([phase, attempts], ['writing', 2]);

      const { out, err } = await updater().ended;
      assert.match(out, /"outcome":\{"status":"updated","from":"1\.0\.5","version":"1\.2\.3"/, err);
      assert.deepEqual(device.state.flash?.running, images);
      assert.equal(device.state.version, '1.2.3');
      await assert.rejects(readFile(journalFile));
    });
  }),
];
