import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { VirtualButton } from '../virtual/index.ts';
import { CallObserver } from './call-observer.ts';
import { type CallVerb, isOffHook } from './call-state.ts';
import { CallError } from './errors.ts';
import type { CallRequest } from './requests.ts';
import { callBench, type LayoutName, layoutNames, openPaths } from './testing/call-bench.ts';

type Step =
  | { readonly kind: 'press'; readonly button: VirtualButton }
  | { readonly kind: 'verb'; readonly verb: CallVerb; readonly waits: boolean }
  | { readonly kind: 'mute'; readonly muted: boolean }
  | { readonly kind: 'time'; readonly milliseconds: number };

const verbs = ['ring', 'answer', 'reject', 'dial', 'connected', 'hangUp', 'hold', 'resume'] as const satisfies readonly CallVerb[];
const buttons = ['hook', 'hook', 'hook', 'mute', 'mute', 'flash', 'reject', 'redial', 'volume-up', 'programmable'] as const;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...buttons).map((button): Step => ({ kind: 'press', button })) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('verb' as const), verb: fc.constantFrom(...verbs), waits: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mute' as const), muted: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('time' as const), milliseconds: fc.constantFrom(1, 60, 300, 1100, 2100) }) },
);

/** What an owner does with a request who grants it. */
const granted: Partial<Record<CallRequest['kind'], CallVerb>> = {
  answer: 'answer',
  call: 'dial',
  end: 'hangUp',
  reject: 'reject',
  hold: 'hold',
  resume: 'resume',
};

test('presses and verbs in any order leave host, device and observer of one mind, and the observer writes nothing', async () => {
  const grants = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<LayoutName>(...layoutNames),
      fc.array(step, { maxLength: 25 }),
      grants,
      fc.boolean(),
      async (layout, steps, policy, vetoes) => {
        const on = await callBench(layout, { confirmMute: () => !vetoes });
        let written = 0;
        const listening = (await openPaths(on.bus.port())).map(({ channel }) => {
          const write = channel.write.bind(channel);
          return Object.assign(channel, { write: (report: Uint8Array) => ((written += 1), write(report)) });
        });
        const observer = new CallObserver(listening, on.clock);
        const running: Promise<void>[] = [];
        const run = (verb: CallVerb | 'mute', act: () => Promise<void>): Promise<void> => {
          const done = act().catch((error: unknown) => {
            if (!(error instanceof CallError && error.code === 'wrong-state')) throw new Error(`${verb} failed`, { cause: error });
          });
          running.push(done);
          return done;
        };
        let asked = 0;
        on.calls.onRequest(({ kind }) => {
          const verb = granted[kind];
          asked += 1;
          if (verb && policy[asked % policy.length] === true) void run(verb, () => on.calls[verb]());
        });
        for (const one of steps) {
          if (one.kind === 'press') on.device.press(one.button);
          else if (one.kind === 'time') await on.clock.advance(one.milliseconds);
          else if (one.kind === 'mute') await run('mute', () => on.calls.mute(one.muted));
          else if (one.waits) await run(one.verb, () => on.calls[one.verb]());
          else void run(one.verb, () => on.calls[one.verb]());
        }
        // Until every press was acted on or taken back.
        await on.clock.advance(10_000);
        await Promise.all(running);

        const { state, muted } = on.calls.status;
        const { offHook, ringing, onHold, muted: mutedThere } = on.device.calls;
        const isInCall = isOffHook(state);
        expect({ offHook, ringing, onHold, muted: mutedThere }).toEqual({
          offHook: isInCall,
          ringing: state === 'ringing',
          onHold: state === 'held',
          muted,
        });
        expect(on.lost).toEqual([]);
        const { state: observed, confidence } = observer.observation;
        if (isInCall) expect([observed, confidence]).toEqual(['in-call', 'reported']);
        else expect(observed).not.toBe('in-call');
        expect(written).toBe(0);

        // The device has every echo that it waits for: its next press of mute counts.
        await on.requests();
        on.device.press('mute');
        expect((await on.requests()).map(({ kind }) => kind)).toEqual(isInCall ? ['mute'] : []);
      },
    ),

    // Shrinking takes minutes, in which no time limit is heard: nothing here waits for more than promises.
    { numRuns: 100, endOnFailure: true },
  );
});
