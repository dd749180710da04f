import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { updateCommit } from '@jpd/protocol';
import { type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { deviceGuid } from '../../../fwupd/cabinet.ts';
import { RunningProgram } from '../../../lab/processes.ts';
import { eventually } from '../../../lab/waiting.ts';
import { attachAll, type Attached } from '../attached.ts';
import { kernelTest, type KernelTest } from '../kernel-test.ts';
import { fwupdtool } from './fwupdtool.ts';
import { type BuiltPackage, packageFor } from './packages.ts';
import { watchWritePhase, type WritePhase } from './write-phase.ts';

const blocks = 500;
const old = '1.0.5';
const file = '/tmp/firmware.zip';
const journal = '/tmp/journal';

/** The device takes as good as no time of its own, which both would wait for alike; it leaves when it is told. */
const firmware = { eraseMs: 1, acknowledgeMs: 0, verifyMs: 1, leaveMs: 600_000 };

type Client = (device: VirtualDevice) => Promise<void>;

const isCommit = (subcommand: number | null | undefined): boolean => subcommand === updateCommit.subcommand;

const ours: Client = async (device) => {
  const commits = (): number => device.received.filter(({ packet }) => packet?.command === 0x0f && isCommit(packet.subcommand)).length;
  const before = commits();
  const words = ['/run/programs/update-main.mjs', device.serial, file, journal];
  const program = RunningProgram.start(process.execPath, words);
  await eventually('the update is committed', () => commits() > before || program.end !== null, 60_000);
  device.restart(300);
  const { out, err } = await program.ended;
  assert.match(out, /"outcome":\{"status":"updated"/, err);
};

const vendors: Client = async (device) => {
  await fwupdtool(['install-blob', file, deviceGuid(device.state.dfuProductId)]);
  device.restart(300);
};

async function update(client: Client, device: VirtualDevice, { bus }: Attached, { images, version }: BuiltPackage): Promise<WritePhase> {
  device.state.version = old;
  const phase = await watchWritePhase(bus, device, () => client(device));
  await eventually('it runs the new version', () => device.state.version === version && bus.isPlugged(device));
  assert.deepEqual(device.state.flash?.running, images);
  return phase;
}

/** A row of docs/performance.md. */
function row(own: WritePhase, other: WritePhase): string {
  const phases = [own, other];
  const ratio = (own.milliseconds / other.milliseconds).toFixed(2);
  const times = phases.map(({ milliseconds }) => String(Math.round(milliseconds)));
  const packets = phases.map(({ sent, heard }) => `${sent} + ${heard}`);
  return `| ${[`write phase of ${blocks} blocks`, ratio, '≤ 1', ...times, ...packets].join(' | ')} |`;
}

/** What the vendor's client and ours need for the same. */
export const sideBySide: readonly KernelTest[] = [
  kernelTest('our updater needs no more packets than fwupd for the same package on the same device', async () => {
    const device = virtualDevice({ family: 'evolve2-75', version: old, firmware });
    const attached = await attachAll(device);
    try {
      const built = packageFor(device, '1.2.3', [52 * blocks]);
      await writeFile(file, built.zip);
      const own = await update(ours, device, attached, built);
      const other = await update(vendors, device, attached, built);
      const figures = row(own, other);
      assert.ok(own.sent <= other.sent && own.heard <= other.heard, figures);
      return figures;
    } finally {
      await attached.close();
    }
  }),
];
