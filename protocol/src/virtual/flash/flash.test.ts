import { describe, expect, test } from 'vitest';
import { firmwareCrc } from '../../images/index.ts';
import { Flash } from './index.ts';

const image = (seed: number): Uint8Array => Uint8Array.from({ length: 60 }, (_, index) => (index * seed) & 0xff);
const first = image(3);
const second = image(5);

type Do = (flash: Flash) => void;

const announcement = (content: Uint8Array) => ({ crc: firmwareCrc(content), blocks: 2, window: 10 });
const choose =
  (partition: number): Do =>
  (flash) => {
    flash.choose(partition);
  };
const start: Do = (flash) => void flash.start();
const erased: Do = (flash) => flash.chosenCopy?.erased();
const announce =
  (content: Uint8Array): Do =>
  (flash) =>
    void flash.announce(announcement(content));
const block =
  (number: number, content: Uint8Array): Do =>
  (flash) =>
    void flash.take({ number, data: content.slice(number * 52, (number + 1) * 52) });
const verify: Do = (flash) => void flash.chosenCopy?.verify();
const stamp =
  (version: string): Do =>
  (flash) =>
    void flash.stamp(version);
const commit: Do = (flash) => void flash.commit();
const boot: Do = (flash) => void flash.boot();

const written = (partition: number, content: Uint8Array): readonly Do[] => [
  choose(partition),
  start,
  erased,
  announce(content),
  block(0, content),
  block(1, content),
  verify,
];
const right: readonly Do[] = [...written(1, first), stamp('2.0.0'), ...written(2, second), stamp('2.0.0'), commit];

const after = (...steps: readonly Do[]): Flash => {
  const flash = new Flash();
  for (const step of steps) step(flash);
  return flash;
};

const running = (flash: Flash): unknown => [...flash.running];
const bothRun = [
  [1, first],
  [2, second],
];

describe('the right sequence', () => {
  test('makes both copies run at the next start, not before', () => {
    const flash = after(...right);
    expect(flash.boot()).toBe('2.0.0');
    expect(running(flash)).toEqual(bothRun);
    expect(flash.bricked).toBeNull();
    expect(flash.boot()).toBeNull();
  });

  test.each(right.map((_, step) => step))('survives a power cut after step %i: the old one runs, and all of it can be done again', (step) => {
    const flash = after(...right.slice(0, step + 1), boot);
    expect(flash.bricked).toBeNull();
    expect(running(flash)).toEqual(step === right.length - 1 ? bothRun : []);
    for (const again of right) again(flash);
    expect(flash.boot()).toBe('2.0.0');
    expect(flash.bricked).toBeNull();
    expect(running(flash)).toEqual(bothRun);
  });
});

describe('a device is bricked by', () => {
  test.each<[string, readonly Do[], RegExp]>([
    ['an erase without a chosen partition', [start], /hit the copy that runs/],
    ['an erase that goes on after a power cut without choosing again', [choose(1), boot, start], /hit the copy that runs/],
    ['a commit of an image that is not there', [choose(1), start, erased, commit], /partition 1 was committed unverified/],
    ['a commit before it was verified', [...written(1, first).slice(0, -1), stamp('2.0.0'), commit], /committed unverified/],
    ['a commit after a power cut, with what was sent before it', [...right.slice(0, -1), boot, commit], /partition 1, 2 was committed unverified/],
    [
      'a commit of the second image alone, after a power cut took the first one’s verification',
      [...written(1, first), stamp('2.0.0'), boot, ...written(2, second), stamp('2.0.0'), commit],
      /partition 1 was committed unverified/,
    ],
    [
      'a version before the verification, and a power cut',
      [...written(1, first).slice(0, -1), stamp('2.0.0')],
      /got its version before it was verified/,
    ],
    ['a commit without a version', [...written(1, first), commit], /several versions, or of none/],
    ['images of two versions', [...written(1, first), stamp('2.0.0'), ...written(2, second), stamp('2.0.1'), commit], /several versions/],
    [
      'blocks before the erase is done',
      [choose(1), start, announce(first), block(0, first), block(1, first), erased, verify, stamp('2.0.0'), commit],
      /unverified/,
    ],
  ])('%s, at its next start', (_, steps, reason) => {
    const flash = after(...steps);
    // It goes on running what it runs until then.
    expect(flash.bricked).toBeNull();
    flash.boot();
    expect(flash.bricked).toMatch(reason);
    expect(running(flash)).toEqual([]);
    // And nothing helps.
    for (const step of right) step(flash);
    expect(flash.boot()).toBeNull();
    expect(flash.bricked).toMatch(reason);
  });
});

test('a copy that was written to twice without an erase doesn’t verify', () => {
  const flash = after(...written(1, first), announce(first), block(0, first), block(1, first));
  expect(flash.chosenCopy?.verify()).toBe(false);
});
