import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../bytes/index.ts';
import { batteryStatus, encodePayload, firmwareVersion, type Message, productName, serialNumber } from '../messages/index.ts';
import { DeviceError, Session } from '../session/index.ts';
import { type SettingKey, syntheticWires, type SettingValue, verifiedWires } from '../settings/index.ts';
import type { Action, Behaviour } from './behaviour.ts';
import { virtualDevice } from './create.ts';
import { faults } from './faults.ts';
import { bench } from './testing/bench.ts';

const families = ['evolve2-75', 'link-380', 'panacast-50', 'speak-510', 'engage-50-ii'] as const;

describe('a virtual device', () => {
  test('takes any reports without throwing, and still knows who it is', async () => {
    const report = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ minLength: 63, maxLength: 63 }).map((bytes) => Uint8Array.of(5, ...bytes)),
      // Well-formed headers to addresses, groups and subcommands that exist.
      fc
        .tuple(
          fc.constantFrom(1, 4, 8),
          fc.nat(255),
          fc.nat(255),
          fc.constantFrom(2, 0x0d, 0x0f, 0x12, 0x13, 0x7e),
          fc.nat(255),
          fc.uint8Array({ maxLength: 57 }),
        )
        .map(([address, sequence, header, command, subcommand, payload]) => {
          const bytes = new Uint8Array(64);
          bytes.set([5, address, 0, sequence, header, command, subcommand, ...payload]);
          return bytes;
        }),
      fc.tuple(fc.constantFrom(1, 2, 4), fc.uint8Array({ maxLength: 3 })).map(([id, bytes]) => Uint8Array.of(id, ...bytes)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...families), fc.array(report, { maxLength: 20 }), async (family, reports) => {
        const { device, channel, clock } = await bench({ family, serial: 'S' });
        for (const one of reports) await channel.write(one);
        const session = new Session(channel, clock);
        expect(await clock.complete(session.read(serialNumber, device.address))).toBe('S');
        for (const { report: received } of device.received) expect(received.length).toBeLessThanOrEqual(80);
      }),
      { numRuns: 150 },
    );
  });
});

const wireOf = (key: SettingKey) => {
  const wire = [...verifiedWires, ...syntheticWires].find(({ keys }) => keys.includes(key));
  if (!wire) throw new TypeError(`no wire of ${key}`);
  return wire;
};

type Step =
  | { readonly kind: 'identify'; readonly child: boolean; readonly what: 'name' | 'serial' | 'version' }
  | { readonly kind: 'battery' }
  | { readonly kind: 'read'; readonly key: SettingKey }
  | { readonly kind: 'write'; readonly key: SettingKey; readonly value: SettingValue }
  | { readonly kind: 'locally'; readonly key: SettingKey; readonly value: SettingValue }
  | { readonly kind: 'level'; readonly level: number }
  | {
      readonly kind: 'fault';
      readonly child: boolean;
      readonly fault: 'timeout' | 'nack' | 'garbage' | 'drop' | 'duplicate' | 'wrongSequence' | 'late';
      readonly count: number;
    }
  | { readonly kind: 'leaves' | 'comes' | 'unplug' }
  | { readonly kind: 'time'; readonly milliseconds: number };

const setting: fc.Arbitrary<{ key: SettingKey; value: SettingValue }> = fc.oneof(
  fc.record({ key: fc.constant<SettingKey>('voiceGuidance'), value: fc.constantFrom<SettingValue>('tones', 'voice', 'off') }),
  fc.record({ key: fc.constant<SettingKey>('audioProtection'), value: fc.constantFrom<SettingValue>('peakstop', 'intellitone', 'g616') }),
  fc.record({ key: fc.constant<SettingKey>('deviceName'), value: fc.integer({ min: 1, max: 99 }).map((number): SettingValue => `name ${number}`) }),
  fc.record({ key: fc.constant<SettingKey>('muteReminderSeconds'), value: fc.integer({ min: 10, max: 60 }).map((value): SettingValue => value) }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('identify' as const), child: fc.boolean(), what: fc.constantFrom('name', 'serial', 'version') }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('battery' as const) }) },
  { weight: 4, arbitrary: setting.map(({ key }) => ({ kind: 'read' as const, key })) },
  { weight: 3, arbitrary: setting.map((one) => ({ kind: 'write' as const, ...one })) },
  { weight: 1, arbitrary: setting.map((one) => ({ kind: 'locally' as const, ...one })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100 }).map((level) => ({ kind: 'level' as const, level })) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      child: fc.boolean(),
      fault: fc.constantFrom('timeout', 'nack', 'garbage', 'drop', 'duplicate', 'wrongSequence', 'late'),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom('leaves' as const, 'comes' as const).map((kind) => ({ kind })) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 1600 }).map((milliseconds) => ({ kind: 'time' as const, milliseconds })) },
);

/**
 * Sits between the faults and the capabilities, so that it sees what was carried out: each request's sequence number with what the device said to it.
 * Sequence numbers are counted per address from 0 and used for one request only, so the nth question at an address has number n.
 */
class Witness {
  readonly #answers = new Map<string, Set<string>>();

  at(address: number): Behaviour {
    return {
      name: 'witness',
      onPacket: (packet, context) => {
        const action = context.next();
        const number = `${address}/${packet.sequence}`;
        const answer = action.kind === 'reply' ? toHex(action.payload) : action.kind;
        this.#answers.set(number, (this.#answers.get(number) ?? new Set()).add(answer));
        return action;
      },
    };
  }

  saw(address: number, number: number, answer: string): boolean {
    return this.#answers.get(`${address}/${number}`)?.has(answer) ?? false;
  }
}

/** Some requests take longer than a session waits, so that their answers meet the next request at their address. */
function slow(delays: readonly number[]): Behaviour {
  let asked = 0;
  return {
    name: 'slow',
    onPacket: (_, context): Action | undefined => {
      const delayMs = delays[asked % delays.length] ?? 0;
      asked += 1;
      return delayMs === 0 ? undefined : { kind: 'later', delayMs, action: () => context.next() };
    },
  };
}

const identityMessages = { name: productName, serial: serialNumber, version: firmwareVersion } as const satisfies Readonly<Record<string, Message>>;

describe('a session with a dongle and a headset', () => {
  test('settles every request in time, never with another request’s answer, whatever goes wrong', async () => {
    const ending = fc.constantFrom<readonly Step[]>([], [{ kind: 'unplug' }]);
    const latencies = fc.array(fc.constantFrom(0, 0, 300, 999, 1050, 1500, 3000, 3400), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), ending, fc.array(step, { maxLength: 4 }), latencies, async (before, end, after, delays) => {
        const witness = new Witness();
        const headset = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002', behaviours: [witness.at(4), slow(delays)] });
        const on = await bench({ family: 'link-380', serial: '50C275000001', child: headset, behaviours: [witness.at(1), slow(delays)] });
        const session = new Session(on.channel, on.clock);
        const asked = new Map<number, number>();
        const outcomes: Promise<void>[] = [];
        const ask = (address: number, send: () => Promise<unknown>, encode: (answer: unknown) => string): void => {
          const number = asked.get(address) ?? 0;
          asked.set(address, number + 1);
          const check = async (): Promise<void> => {
            let answer: string;
            try {
              answer = encode(await send());
            } catch (error) {
              expect(error).toBeInstanceOf(DeviceError);
              return;
            }
            expect([address, number, answer, witness.saw(address, number, answer)]).toEqual([address, number, answer, true]);
          };
          outcomes.push(check());
        };
        const read = (message: Message, address: number): void => {
          ask(
            address,
            () => session.read(message, address),
            (answer) => (message.reply ? toHex(encodePayload(message.reply, answer)) : 'no reply'),
          );
        };
        const act = async (one: Step): Promise<void> => {
          switch (one.kind) {
            case 'identify':
              read(identityMessages[one.what], one.child ? 4 : 1);
              break;
            case 'battery':
              read(batteryStatus, 4);
              break;
            case 'read':
              read(wireOf(one.key).message, 4);
              break;
            case 'write': {
              const values = { appended: new Uint8Array(0), [one.key]: one.value };
              ask(
                4,
                () => session.write<Message>(wireOf(one.key).message, 4, values as never),
                () => 'ack',
              );
              break;
            }
            case 'locally':
              headset.setLocally(one.key, one.value);
              break;
            case 'level':
              headset.setBattery(one.level, false);
              break;
            case 'fault': {
              const target = one.child ? headset : on.device;
              target.behave(one.fault === 'late' ? faults.late(one.count, 1300) : faults[one.fault](one.count));
              break;
            }
            case 'leaves':
              on.device.detach();
              break;
            case 'comes':
              on.device.attach(headset);
              break;
            case 'unplug':
              on.bus.unplug(on.device);
              break;
            case 'time':
              await on.clock.advance(one.milliseconds);
              break;
          }
        };
        for (const one of [...before, ...end, ...after]) await act(one);
        // Three attempts of a second and the pauses in between, one after another at each address.
        await on.clock.complete(Promise.all(outcomes), (outcomes.length + 1) * 3300);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
