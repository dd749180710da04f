import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CancelSource, delay } from '../../../session/index.ts';
import { type Action, ack, type BehaviourContext, nack, silence } from '../../../virtual/index.ts';
import { at, killable, newVersion, oldVersion, type RequestName, rig, upgradeFile } from './testing/rig.ts';

const drained = (): Promise<unknown> => new Promise((resolve) => void setImmediate(resolve));

const names: readonly RequestName[] = ['version', 'product', 'status', 'checksum', 'remove', 'block', 'piece', 'start'];

type Act = (context: BehaviourContext) => Action;
const after = (context: BehaviourContext, action: Action): Action => {
  context.next();
  return action;
};
const acts: readonly Act[] = [
  () => silence,
  (context) => after(context, silence),
  () => nack(0xf0),
  () => nack(0xf7),
  () => ack,
  () => ({ kind: 'reply', payload: new Uint8Array(21).fill(0x31) }),
  (context) => ({ kind: 'raw', reports: [...context.encode(context.next()), ...context.encode(ack)] }),
  (context) => ({ kind: 'later', delayMs: 2500, action: context.next() }),
  (context) => {
    context.powerCut(700);
    return silence;
  },
  (context) => {
    context.next();
    context.leave(40_000);
    return silence;
  },
];

const fault = fc.record({
  name: fc.constantFrom(...names),
  nth: fc.integer({ min: 1, max: 30 }),
  act: fc.nat(acts.length - 1),
  count: fc.integer({ min: 1, max: 3 }),
});

test('an update under any faults ends, breaks nothing, and installs only what was sent', async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 5 }),
      fc.option(fc.integer({ min: 1, max: 30_000 })),
      fc.option(fc.integer({ min: 1, max: 30_000 })),
      async (faults, killedAt, cancelledAt) => {
        const made = rig(drained);
        const file = upgradeFile(6000);
        const installed: (Uint8Array | null)[] = [];
        made.device.behave(
          at(
            'start',
            1,
            (context) => {
              installed.push(context.state.files.content);
              return context.next();
            },
            1000,
          ),
        );
        for (const { name, nth, act, count } of faults) made.device.behave(at(name, nth, acts[act] ?? (() => silence), count));
        if (killedAt !== null) {
          const first = killable(made.bus, made.clock, made.device);
          void made.start(file, first.host);
          await made.drive(delay(made.clock, killedAt));
          first.kill();
        }
        const source = new CancelSource();
        if (cancelledAt !== null)
          made.clock.setTimer(cancelledAt, () => {
            source.cancel();
          });
        const outcome = await made.drive(made.start(file, { signal: source.signal }));
        seen.set(outcome.status, (seen.get(outcome.status) ?? 0) + 1);
        expect([made.device.state.bricked, made.device.state.files.bricked]).toEqual([false, null]);
        for (const content of installed) expect(content && Buffer.from(content).equals(file.content)).toBe(true);
        expect(made.journal.entry).toBeNull();
        const { version } = made.device.state;
        if (outcome.status === 'updated' || outcome.status === 'current') expect(version).toBe(newVersion);
        else expect([oldVersion, newVersion]).toContain(version);
        if (outcome.status === 'cancelled' && killedAt === null) expect([version, installed.length]).toEqual([oldVersion, 0]);
      },
    ),
    { numRuns: 80 },
  );
  expect(seen.get('updated')).toBeGreaterThan(10);
});
