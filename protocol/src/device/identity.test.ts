import { describe, expect, test } from 'vitest';
import { CancelSource, Session } from '../session/index.ts';
import { ScriptedChannel } from '../session/testing/scripted-channel.ts';
import { VirtualClock } from '../virtual/index.ts';
import { readIdentity } from './identity.ts';
import { answerFromRegisters, type Whim } from './testing/registers.ts';

const base = 1;
const text = (value: string): number[] => [value.length, ...Buffer.from(value, 'ascii')];

/** The PanaCast 50 of facts E8, with a serial number and an update protocol. */
const answers: readonly (readonly [number, readonly number[]])[] = [
  [0x0200, text('Jabra PanaCast 50')],
  [0x0201, text('70BF92000001')],
  [0x0203, text('8.0.7')],
  [0x0213, [0x10, 0x30]],
  [0x0214, [0x07]],
];
const whole = { name: 'Jabra PanaCast 50', serial: '70BF92000001', version: '8.0.7', dfuProductId: 0x3010, updateProtocol: 7, complete: true };

function connected(registers: typeof answers, whim?: Whim) {
  const clock = new VirtualClock();
  const channel = new ScriptedChannel(clock);
  answerFromRegisters(channel, new Map(registers), whim);
  return { clock, channel, session: new Session(channel, clock) };
}

describe('the identity of a device', () => {
  test('is read one message after another', async () => {
    const { channel, session } = connected(answers);
    expect(await readIdentity(session, base)).toEqual(whole);
    expect(channel.subcommands).toEqual([0x00, 0x01, 0x03, 0x13, 0x14]);
  });

  test('lacks what the device refuses to say, and is complete all the same', async () => {
    const { session } = connected(answers.filter(([id]) => id !== 0x0201 && id !== 0x0214));
    expect(await readIdentity(session, base)).toEqual({ ...whole, serial: null, updateProtocol: null });
  });

  test('is incomplete where the device leaves a question unanswered, and has the rest', async () => {
    const { session, clock } = connected(answers, ({ subcommand }) => (subcommand === 0x03 ? 'deaf' : undefined));
    expect(await clock.complete(readIdentity(session, base))).toEqual({ ...whole, version: null, complete: false });
  });

  test('is incomplete where an answer is none, such as a serial number that was cut', async () => {
    const { session, clock } = connected(answers.map(([id, bytes]) => [id, id === 0x0201 ? bytes.slice(0, 6) : bytes]));
    expect(await clock.complete(readIdentity(session, base))).toEqual({ ...whole, serial: null, complete: false });
  });

  test('has no empty texts, and none with space around them', async () => {
    const { session } = connected(answers.map(([id, bytes]) => [id, id === 0x0200 ? text('  ') : id === 0x0203 ? text(' 8.0.7 ') : bytes]));
    expect(await readIdentity(session, base)).toMatchObject({ name: null, version: '8.0.7', complete: true });
  });

  test('is not read from a device that is gone, or not wanted any more', async () => {
    const gone = connected(answers);
    gone.channel.fail('unplugged');
    await expect(readIdentity(gone.session, base)).rejects.toMatchObject({ code: 'disconnected' });
    const cancel = new CancelSource();
    const { session } = connected(answers, ({ subcommand }) => {
      if (subcommand === 0x01) cancel.cancel();
      return undefined;
    });
    await expect(readIdentity(session, base, { signal: cancel })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
