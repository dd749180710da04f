import { onUpdateRequest } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { steadyEntropy } from './testing/entropy.ts';
import { childId, FirmwareLab, headsetId, imageOf, target } from './firmware/testing/firmware-lab.ts';

const commitMs = 4;
/** Shorter than a transaction, so that no one goes by unseen. */
const stepMs = 2;

interface Story {
  readonly rig: FirmwareLab;
  readonly deviceId: string;
  readonly version: () => string;
  readonly running: () => readonly Uint8Array[];
  readonly isBricked: () => boolean;
  /** How often the device was sent that (0F). */
  readonly sent: (subcommand: number) => number;
}

const block = 0x1a;
const commit = 0x1d;

/** A device whose update is desired right now, on a disk that needs a while for everything. */
async function begun(isBehindDongle: boolean): Promise<Story> {
  const rig = new FirmwareLab({ entropy: steadyEntropy(() => 0.5) });
  const device = isBehindDongle ? rig.dongle().child : rig.headset();
  const deviceId = isBehindDongle ? childId : headsetId;
  await rig.lab.start();
  rig.policy({});
  await rig.clock.advance(1000);
  rig.lab.commitMs = commitMs;
  rig.desire(rig.offer(), deviceId);
  return {
    rig,
    deviceId,
    version: () => device.state.version,
    running: () => [...(device.state.flash?.running.values() ?? [])],
    isBricked: () => device.state.bricked,
    sent: (subcommand) => device.received.filter(({ packet }) => packet?.command === 0x0f && packet.subcommand === subcommand).length,
  };
}

const onDisk = ({ rig }: Story): string => JSON.stringify(['devices', 'events', 'firmware'].map((name) => [...rig.lab.disk.contents.section(name)]));

/** Moves on until the firmware is the desired one; gives the moments, in ms from now, in which something became durable. */
async function durableMoments(story: Story): Promise<number[]> {
  const moments: number[] = [];
  let before = onDisk(story);
  for (let ms = stepMs; story.rig.firmwareEvents(story.deviceId).at(-1) !== 'firmware.updated'; ms += stepMs) {
    await story.rig.clock.advance(stepMs);
    const now = onDisk(story);
    if (now !== before) moments.push(ms);
    before = now;
    if (ms > 60_000) throw new Error('the update does not end');
  }
  return moments;
}

describe.each([
  ['by its cable', false],
  ['behind its dongle', true],
])('an agent that is killed while a headset %s is updated', (_, isBehindDongle) => {
  it('goes on, whatever it last made durable, and tells each thing once', { timeout: 60_000 }, async () => {
    const reference = await begun(isBehindDongle);
    const moments = await durableMoments(reference);
    await reference.rig.lab.stop();
    expect(moments.length).toBeGreaterThan(8);
    // Behind a dongle only the commit and what is around it differs.
    const worthIt = isBehindDongle ? moments.slice(-5) : moments;
    // Just before it is durable, and just after, in turns.
    for (const moment of worthIt.map((ms, index) => (index % 2 === 0 ? ms - stepMs : ms))) {
      const story = await begun(isBehindDongle);
      const { rig, deviceId } = story;
      await rig.clock.advance(moment);
      await rig.lab.kill();
      const wasCommitted = story.sent(commit) > 0;
      const blocks = story.sent(block);
      rig.lab.commitMs = 0;
      await rig.lab.start({}, 1000);
      for (let s = 0; s < 120 && rig.firmwareEvents(deviceId).at(-1) !== 'firmware.updated'; s += 2) await rig.clock.advance(2000);
      const document = rig.document(deviceId).firmware;
      await rig.lab.stop();
      expect({
        moment,
        version: story.version(),
        running: story.running(),
        isBricked: story.isBricked(),
        commits: story.sent(commit),
        blocksAgain: story.sent(block) - blocks,
        firmware: document,
        events: rig.firmwareEvents(deviceId),
        kept: rig.lab.disk.contents.section('firmware').size,
        errors: rig.lab.log.errors,
      }).toEqual({
        moment,
        version: target,
        running: [imageOf(600)],
        isBricked: false,
        commits: 1,
        // After a commit nothing is written again, before it everything.
        blocksAgain: wasCommitted ? 0 : 12,
        firmware: { status: 'latest', version: target, targetVersion: null, progress: null, reason: null, error: null },
        events: ['firmware.started', 'firmware.updated'],
        kept: 0,
        errors: [],
      });
    }
  });
});

describe('a commit that was noted and never came', () => {
  it('is looked for once, and the device is left alone until it may be written to', async () => {
    const rig = new FirmwareLab();
    const headset = rig.headset([onUpdateRequest('commit', 'lost', { count: 100 })]);
    await rig.lab.start();
    rig.policy({});
    await rig.clock.advance(1000);
    rig.desire(rig.offer({ bytes: 2000 }));
    await rig.until('updating 100');
    await rig.clock.advance(300);
    await rig.lab.kill();
    headset.setBattery(12, false);
    await rig.lab.start({}, 60_000);
    expect(rig.document().firmware).toMatchObject({ status: 'pending', reason: 'battery-low' });
    const said = rig.told().length;
    await rig.clock.advance(600_000);
    expect(rig.told()).toHaveLength(said);
    expect(headset.state.version).toBe('1.8.13');
    await rig.lab.stop();
    expect(rig.lab.log.errors).toEqual([]);
  });
});
