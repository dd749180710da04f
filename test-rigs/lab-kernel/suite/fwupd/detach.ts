import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { encodeDetachReport, findProduct } from '@jpd/protocol';
import { virtualDevice } from '@jpd/protocol/virtual';
import { deviceGuid } from '../../../fwupd/cabinet.ts';
import { eventually } from '../../../lab/waiting.ts';
import { attachAll } from '../attached.ts';
import { kernelTest, type KernelTest } from '../kernel-test.ts';
import { startFwupdtool } from './fwupdtool.ts';

/** The plug-in sends it as it prepares an update, before anybody looks at the firmware. */
const file = '/tmp/firmware.dfu';

/** Fwupd looks at everything that is plugged in before it begins. */
const detachMs = 60_000;

/** One for each of the two reports that the vendor's table has. */
export const detach: readonly KernelTest[] = [
  kernelTest('fwupd sends an older Speak to its boot mode by the report that this library would send', async () => {
    const devices = [virtualDevice({ family: 'speak-410' }), virtualDevice({ family: 'speak-710' })];
    await writeFile(file, 'no firmware');
    const attached = await attachAll(...devices);
    try {
      for (const device of devices) {
        const program = startFwupdtool(['install-blob', file, deviceGuid(device.state.productId)]);
        try {
          await eventually('it left for its boot mode', () => device.state.bootMode || program.end !== null, detachMs);
        } finally {
          // It would wait for the boot mode's own USB device, which is not modelled.
          await program.kill();
        }
        const known = findProduct(device.state.productId)?.product.detach;
        assert.ok(known);
        const reports = device.received.map(({ report }) => Buffer.from(report).toString('hex'));
        assert.equal(device.state.bootMode, true, `${program.out}\n${program.err}\n${reports.join('\n')}`);
        assert.deepEqual(device.received.at(-1)?.report, encodeDetachReport(known));
      }
    } finally {
      await attached.close();
    }
  }),
];
