import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttendedAgent } from '../lab/attended-agent.ts';
import { FirmwareLab, firstVersion, nextVersion } from '../lab/packages/firmware-lab.ts';
import { eventually } from '../lab/waiting.ts';

const headset = (number: number) => {
  const serial = `70BF9300${String(number).padStart(4, '0')}`;
  return { serial, id: `24da-${serial.toLowerCase()}` };
};
/** The contract's unit is an hour, and a part of one will do. */
const hours = (seconds: number): number => seconds / 3600;
const waits = { status: 'pending', version: firstVersion, targetVersion: nextVersion, reason: null, progress: null, error: null };
const minuteMs = 60_000;

let rig: FirmwareLab;
let agent: AttendedAgent;
beforeAll(async () => {
  rig = await FirmwareLab.start([1, 2, 3].map((number) => `evolve2-75:${headset(number).serial}`));
  await rig.lab.agent.stop();
  agent = await AttendedAgent.start(rig.lab.agent.configurationFile, 'login-1');
});
afterAll(async () => {
  await agent?.stop();
  await rig?.stop();
});

type PromptKind = 'ask' | 'announce' | 'postponed';

const prompt = (id: string, kind: PromptKind) =>
  agent.until(`${kind} for ${id}`, ({ firmware }) => {
    const shown = firmware.find(({ deviceId }) => deviceId === id)?.prompt;
    return shown?.kind === kind ? shown : null;
  });

describe('a person who is there', () => {
  it('is asked, puts it off, is asked again, and then has it installed', async () => {
    const { id, serial } = headset(1);
    await rig.lab.platform.changePolicy({ postponeLimit: 2, postponeHours: hours(4) });
    expect(await rig.desire(id, rig.offer(), 'pending')).toEqual(waits);
    expect(await prompt(id, 'ask')).toMatchObject({ version: nextVersion, postponementsLeft: 2 });
    const after = rig.lab.wire.mark();
    expect(await agent.client.call('answerFirmware', { deviceId: id, answer: 'postpone' })).toBe(true);
    expect(await rig.until(id, 'postponed/postponed-by-user', after)).toEqual({ ...waits, status: 'postponed', reason: 'postponed-by-user' });
    expect(await prompt(id, 'postponed')).toMatchObject({ postponementsLeft: 1 });
    await rig.event(id, 'firmware.postponed', after);
    expect(await rig.versionOn(serial)).toBe(firstVersion);
    expect(await prompt(id, 'ask')).toMatchObject({ postponementsLeft: 1 });
    expect(await agent.client.call('answerFirmware', { deviceId: id, answer: 'install' })).toBe(true);
    await rig.until(id, 'latest', after);
    await rig.event(id, 'firmware.updated');
    expect(rig.types(id)).toEqual(['firmware.postponed', 'firmware.started', 'firmware.updated']);
    expect(await agent.client.call('answerFirmware', { deviceId: id, answer: 'install' })).toBe(false);
  });

  it('who says nothing has put it off, is told at last that it starts in 15 minutes, and may have it at once', async () => {
    const { id, serial } = headset(2);
    await rig.lab.platform.changePolicy({ postponeLimit: 1, postponeHours: hours(2) });
    expect(await rig.desire(id, rig.offer(), 'pending')).toEqual(waits);
    await rig.event(id, 'firmware.postponed');
    const announced = await prompt(id, 'announce');
    const inMinutes = announced.kind === 'announce' ? (announced.startsAt - Date.now()) / minuteMs : 0;
    expect(inMinutes).toBeGreaterThan(13);
    expect(inMinutes).toBeLessThanOrEqual(15);
    // The document follows what is shown here: it waits for the disk.
    await eventually('it is told as waiting again', () => rig.told(id).at(-1) === 'pending');
    expect(rig.told(id)).toContain('postponed/postponed-by-user');
    expect(await agent.client.call('answerFirmware', { deviceId: id, answer: 'postpone' })).toBe(false);
    expect(await rig.versionOn(serial)).toBe(firstVersion);
    expect(await agent.client.call('answerFirmware', { deviceId: id, answer: 'install' })).toBe(true);
    await rig.until(id, 'latest');
    await rig.event(id, 'firmware.updated');
    expect(rig.types(id)).toEqual(['firmware.postponed', 'firmware.started', 'firmware.updated']);
  });

  it('sees what failed, unplugs the others, and tries it again with Recover', async () => {
    const { id, serial } = headset(3);
    const [first, second] = [headset(1), headset(2)];
    await rig.lab.platform.changePolicy({ postponeLimit: 0, postponeHours: hours(24) });
    await rig.desire(id, rig.offer(), 'pending');
    await prompt(id, 'announce');
    // As many as it takes to fail; what is left of them meets the questions after that.
    await rig.lab.bus.fault(serial, 'nack', 12);
    await agent.client.call('answerFirmware', { deviceId: id, answer: 'install' });
    await rig.until(id, 'failed: device-error');
    await agent.until('it can be recovered', ({ firmware }) => firmware.some(({ deviceId, isRecoverable }) => deviceId === id && isRecoverable));
    const failed = await agent.until('the platform knows', ({ firmware }) =>
      firmware.find(({ deviceId, isFailureKnown }) => deviceId === id && isFailureKnown),
    );
    expect(failed).toMatchObject({ isUsable: true, hasBegun: false, lastTry: { version: nextVersion }, packageBytes: expect.any(Number) });
    const recovery = (step: string) =>
      agent.until(`the recovery is at ${step}`, ({ firmware }) => {
        const shown = firmware.find(({ deviceId }) => deviceId === id)?.recovery;
        return shown?.step === step ? shown : null;
      });
    await rig.lab.unplug(first.serial, first.id);
    expect(await agent.client.call('recoverFirmware', { deviceId: id })).toBe(true);
    const others = expect.arrayContaining([expect.objectContaining({ deviceId: second.id, isConnected: true })]);
    expect(await recovery('prepare')).toMatchObject({ others });
    await rig.lab.unplug(second.serial, second.id);
    expect(await agent.client.call('recoverFirmware', { deviceId: id })).toBe(true);
    expect(await recovery('complete')).toEqual({ step: 'complete', version: nextVersion, unplugged: [expect.stringContaining('Evolve2 75')] });
    await rig.until(id, 'latest');
    expect(await rig.versionOn(serial)).toBe(nextVersion);
    await agent.client.call('endRecovery', { deviceId: id });
    await agent.until('the recovery is closed', ({ firmware }) => firmware.find(({ deviceId }) => deviceId === id)?.recovery === null);
  });
});
