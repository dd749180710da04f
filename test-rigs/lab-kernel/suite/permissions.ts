import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { virtualDevice, type VirtualDevice } from '@jpd/protocol/virtual';
import { RunningProgram } from '../../lab/processes.ts';
import { eventually } from '../../lab/waiting.ts';
import { agentProgram, startMs } from './agent-program.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { listed, withDevices } from './with-devices.ts';

const run = promisify(execFile);

/** Debian's `nobody`, who sits at the computer here, and somebody else; neither has a group. */
const person = '65534';
const somebodyElse = '65533';
const as = (user: string): readonly string[] => [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'];

const may = (user: string, path: string): Promise<boolean> =>
  run('setpriv', [...as(user), 'test', '-r', path, '-a', '-w', path]).then(
    () => true,
    () => false,
  );

/** What udev holds of a device node. */
const udevOf = async (path: string): Promise<string> => (await run('udevadm', ['info', '--query=property', path])).stdout;
const modeOf = async (path: string): Promise<string> => (await run('stat', ['-c', '%a', path])).stdout.trim();

const rules = '70-jabra-plus-desktop.rules';

/** As our rules say in their first lines. */
async function installRules(): Promise<void> {
  await copyFile(`installer/linux/${rules}`, `/etc/udev/rules.d/${rules}`);
  await run('udevadm', ['control', '--reload']);
}

/** logind, which doesn't run here, notes who sits at the computer; udev reads it there (sd_seat_get_active) and sets the ACL by itself. */
async function withPersonAtTheComputer(work: () => Promise<void>): Promise<void> {
  await mkdir('/run/systemd/seats', { recursive: true });
  await writeFile('/run/systemd/seats/seat0', `IS_SEAT0=1\nACTIVE=c1\nACTIVE_UID=${person}\nSESSIONS=c1\nUIDS=${person}\n`);
  try {
    await work();
  } finally {
    await rm(`/etc/udev/rules.d/${rules}`, { force: true });
    await rm('/run/systemd/seats', { recursive: true });
    await run('udevadm', ['control', '--reload']);
  }
}

const headset = (): VirtualDevice => virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });

/** Who may open a device. */
export const permissions: readonly KernelTest[] = [
  kernelTest('a person without rights is told what to do about a headset, and has it once the udev rules are there', () =>
    withPersonAtTheComputer(async () => {
      const device = headset();
      await withDevices([device], async (hid) => {
        const { path } = await listed(hid, device);
        assert.equal(await modeOf(path), '600');
        const watching = RunningProgram.start('setpriv', [...as(person), process.execPath, agentProgram, 'devices', '--json', '--watch']);
        try {
          await watching.tells(/may not open it; on Linux a udev rule gives access/, startMs);
          await watching.prints(/"devices":\[\]/);
          assert.equal(device.received.length, 0);
          await installRules();
          await run('udevadm', ['trigger', '--subsystem-match=hidraw']);
          await watching.prints(new RegExp(device.serial), startMs);
        } finally {
          await watching.stop();
        }
      });
    }),
  ),

  kernelTest('the udev rules that we ship let the person at the computer use a headset that is plugged in, and nobody else', () =>
    withPersonAtTheComputer(async () => {
      await installRules();
      const device = headset();
      await withDevices([device], async (hid) => {
        const { path } = await listed(hid, device);
        await eventually('udev has given it away', () => may(person, path));
        assert.match(await udevOf(path), /TAGS=.*:uaccess:/);
        assert.equal(await may(somebodyElse, path), false);
        // With an ACL the group's bits are its mask.
        assert.equal(await modeOf(path), '660');
      });
    }),
  ),
];
