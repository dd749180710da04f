import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { virtualDevice } from '@jpd/protocol/virtual';
import { RunningProgram, type Ended } from '../../lab/processes.ts';
import { eventually } from '../../lab/waiting.ts';
import { agentProgram } from './agent-program.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { listed, withDevices } from './with-devices.ts';

const run = promisify(execFile);

/** Debian's `nobody`: no groups, no rights. */
const nobody = '65534';

/** `jabra-agent devices` as somebody who is not root. */
const devicesAsNobody = (): Promise<Ended> =>
  RunningProgram.start('setpriv', [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', process.execPath, agentProgram, 'devices', '--json'])
    .ended;

/** What udev holds of a device node. */
const udevOf = async (path: string): Promise<string> => (await run('udevadm', ['info', '--query=property', path])).stdout;
const modeOf = async (path: string): Promise<string> => (await run('stat', ['-c', '%a', path])).stdout.trim();

const rules = '70-jabra-plus-desktop.rules';

/** The rules that we ship, and what logind notes of a person at the computer; udev reads it there (sd_seat_get_active). logind itself doesn't run here. */
async function withRules(work: () => Promise<void>): Promise<void> {
  await copyFile(`installer/linux/${rules}`, `/etc/udev/rules.d/${rules}`);
  await mkdir('/run/systemd/seats', { recursive: true });
  await writeFile('/run/systemd/seats/seat0', `IS_SEAT0=1\nACTIVE=c1\nACTIVE_UID=${nobody}\nSESSIONS=c1\nUIDS=${nobody}\n`);
  await run('udevadm', ['control', '--reload']);
  try {
    await work();
  } finally {
    await rm(`/etc/udev/rules.d/${rules}`);
    await rm('/run/systemd/seats', { recursive: true });
    await run('udevadm', ['control', '--reload']);
  }
}

const serial = '70BF92000001';

/** Who may open a device. */
export const permissions: readonly KernelTest[] = [
  kernelTest('somebody without rights is told what to do about a headset', async () => {
    const device = virtualDevice({ family: 'evolve2-75', serial });
    await withDevices([device], async (hid) => {
      const { path } = await listed(hid, device);
      assert.equal(await modeOf(path), '600');
      const { out, err } = await devicesAsNobody();
      assert.match(err, /udev rule/);
      assert.ok(!out.includes(serial), out);
      assert.equal(device.received.length, 0);
    });
  }),

  kernelTest('the udev rules that we ship let the person at the computer use a headset', () =>
    withRules(async () => {
      const device = virtualDevice({ family: 'evolve2-75', serial });
      await withDevices([device], async (hid) => {
        const { path } = await listed(hid, device);
        await eventually('udev has tagged it', async () => (await udevOf(path)).includes(':uaccess:'));
        // With an ACL the group's bits are its mask.
        assert.equal(await modeOf(path), '660');
        const { code, out, err } = await devicesAsNobody();
        assert.equal(code, 0, err);
        assert.ok(out.includes(serial), `${out}\n${err}`);
      });
    }),
  ),
];
