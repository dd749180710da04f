/** `update-main SERIAL PACKAGE JOURNAL`: our updater as a program of its own, that can be killed. A line of JSON for each step that begins, and one for the outcome. */
import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { Address, hidUpdateTarget, jabraVendorId, updateFirmware, type UpdateJournal } from '@jpd/protocol';
import { readFirmwarePackage } from '@jpd/protocol/firmware';
import { machineClock } from '../platform/machine-clock.ts';
import { realHid } from './suite/real-hid.ts';

/** One file, whole or not there. */
function fileJournal(path: string): UpdateJournal {
  return {
    load: () =>
      readFile(path, 'utf8').then(
        (text): unknown => JSON.parse(text),
        () => null,
      ),
    save: async (entry) => {
      const file = await open(`${path}.new`, 'w');
      await file.writeFile(JSON.stringify(entry));
      await file.sync();
      await file.close();
      await rename(`${path}.new`, path);
    },
    clear: () => rm(path, { force: true }),
  };
}

const [serial = '', packageFile = '', journalFile = ''] = process.argv.slice(2);
const zip = await readFile(packageFile);
const port = realHid();
let last = '';
const outcome = await updateFirmware({
  target: hidUpdateTarget(port, machineClock, { vendorId: jabraVendorId, serial, physicalPort: '' }, Address.headsetViaUsb),
  clock: machineClock,
  journal: fileJournal(journalFile),
  firmware: readFirmwarePackage(zip),
  digest: createHash('sha256').update(zip).digest('hex'),
  onProgress: ({ step }) => {
    if (step !== last) console.log(JSON.stringify({ step }));
    last = step;
  },
});
console.log(JSON.stringify({ outcome }));
await port.close();
