import type { SettingKey, SettingValue } from '@jpd/protocol';
import { faults } from '@jpd/protocol/virtual';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesiredSettings } from './testing/device-bench.ts';
import { type Name, World } from './testing/world.ts';

/** Nothing has to be known to make a step. */
type Model = Readonly<Record<string, never>>;

/** One step, with words for what it does. */
const step = (words: string, run: (world: World) => Promise<void> | void): fc.AsyncCommand<Model, World> => ({
  check: () => true,
  run: async (_, world) => {
    await run(world);
    expect(world.wrongAtAnyTime()).toEqual([]);
  },
  toString: () => words,
});

const values: Readonly<Partial<Record<SettingKey, readonly SettingValue[]>>> = {
  sidetoneLevel: [-9, 0, 6],
  sidetoneEnabled: [true, false],
  voiceGuidance: ['tones', 'voice', 'off'],
  ancLevel: [1, 3, 5],
  autoPairing: [true, false],
};
const anyName = fc.constantFrom<Name>('headset', 'headset', 'child', 'dongle');
const anySetting = fc
  .constantFrom(...(Object.keys(values) as SettingKey[]))
  .chain((key) => fc.tuple(fc.constant(key), fc.constantFrom(...(values[key] ?? []))));
/** What no device takes, and what this model doesn't have. */
const impossible = fc.constantFrom<[string, SettingValue]>(['noSuchSetting', 1], ['sidetoneLevel', 7], ['zoomMode', 'fullScreen']);
const anyDesired: fc.Arbitrary<DesiredSettings> = fc
  .uniqueArray(fc.tuple(fc.oneof({ weight: 9, arbitrary: anySetting }, impossible), fc.boolean()), {
    selector: ([[key]]) => key,
    minLength: 1,
    maxLength: 5,
  })
  .map((entries) => Object.fromEntries(entries.map(([[key, value], locked]) => [key, { value, locked }])));

const steps: fc.Arbitrary<fc.AsyncCommand<Model, World>>[] = [
  anyName.map((name) => step(`plug ${name}`, (world) => world.plug(name))),
  anyName.map((name) => step(`unplug ${name}`, (world) => world.unplug(name))),
  anyName.map((name) => step(`power cut ${name}`, (world) => world.powerCut(name))),
  fc.tuple(anyName, anySetting).map(([name, [key, value]]) => step(`change ${name} ${key}=${value}`, (world) => world.change(name, key, value))),
  fc
    .tuple(anyName, fc.constantFrom(-9, 0, 6))
    .map(([name, level]) => step(`change ${name} sidetoneLevel=${level} before it is read back`, (world) => world.changeBeforeReadBack(name, level))),
  fc
    .tuple(anyName, fc.oneof({ weight: 9, arbitrary: anySetting }, impossible))
    .map(([name, [key, value]]) => step(`change ${name} ${key}=${value} in the window`, (world) => world.changeInWindow(name, key, value))),
  fc
    .tuple(anyName, anyDesired, fc.boolean())
    .map(([name, desired, waits]) =>
      step(`desire ${name} ${JSON.stringify(desired)}${waits ? ' at the next login' : ''}`, (world) =>
        world.desire(name, desired, waits ? 'login-1' : null),
      ),
    ),
  fc.constant(step('log in', ({ bench }) => bench.clock.complete(bench.manager.release('login-2')))),
  anyName.map((name) => step(`undesire ${name}`, (world) => world.undesire(name))),
  fc
    .tuple(anyName, fc.integer({ min: 0, max: 100 }), fc.boolean())
    .map(([name, level, charging]) =>
      step(`battery ${name} ${level}${charging ? ' charging' : ''}`, (world) => world.setBattery(name, level, charging)),
    ),
  fc.constant(step('restart', (world) => world.restart())),
  fc
    .oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 3000, max: 130_000 }))
    .map((ms) => step(`wait ${ms}`, ({ bench }) => bench.advance(ms))),
];

const simpleFaults = {
  timeout: faults.timeout,
  nack: faults.nack,
  garbage: faults.garbage,
  drop: faults.drop,
  duplicate: faults.duplicate,
  unplug: faults.unplug,
};
const faultSteps: fc.Arbitrary<fc.AsyncCommand<Model, World>>[] = [
  fc
    .tuple(anyName, fc.constantFrom(...(Object.keys(simpleFaults) as (keyof typeof simpleFaults)[])), fc.integer({ min: 1, max: 8 }))
    .map(([name, kind, count]) => step(`fault ${name} ${kind} ${count}`, (world) => world.fault(name, simpleFaults[kind](count)))),
  fc
    .tuple(anyName, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 900, max: 4000 }))
    .map(([name, count, delay]) => step(`fault ${name} late ${count} ${delay}`, (world) => world.fault(name, faults.late(count, delay)))),
];

/** After whatever happened and a connect of everything, all is as it should be. */
async function comesRight(world: World): Promise<void> {
  world.endFaults();
  // Long enough for every look, retry and contest.
  await world.bench.advance(400_000);
  expect([...world.wrongAtAnyTime(), ...world.wrongLocks()]).toEqual([]);
  world.unplugAll();
  await world.bench.advance(10_000);
  world.plugAll();
  await world.bench.advance(10_000);
  expect([...world.wrongAtAnyTime(), ...world.wrongLocks(), ...world.wrongValues(), ...world.wrongAfterConnect()]).toEqual([]);
  await world.bench.stop();
  expect(world.bench.clock.pendingTimers).toBe(0);
}

describe('the device side', () => {
  it('keeps its promises whatever is plugged, changed, desired and broken, in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands([...steps, ...faultSteps], { maxCommands: 40, size: 'max' }), async (commands) => {
        const world = new World();
        await world.bench.start();
        await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
        await comesRight(world);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('tells at once all that devices hold, while nothing is broken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { maxCommands: 40, size: 'max' }), async (commands) => {
        const world = new World();
        await world.bench.start();
        await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
        await world.bench.advance(2000);
        expect([...world.wrongValues(), ...world.refusals()]).toEqual([]);
        await comesRight(world);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
