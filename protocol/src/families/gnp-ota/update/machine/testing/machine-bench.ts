import { expect } from 'vitest';
import type { UpdatePlan } from '../../plan.ts';
import { initialState, transition, type UpdateEffect, type UpdateInput, type UpdateState } from '../index.ts';

const image = (partition: number, blocks: number) => ({ name: `${partition}`, partition, crc: 1, content: new Uint8Array(blocks * 52), blocks });

/** A plan of images with that many blocks each; the way to count them is to be found out. */
export const planOf = (...blocks: readonly number[]): UpdatePlan => ({
  protocol: 16,
  from: '1.0.0',
  to: '2.0.0',
  version: { major: 2, minor: 0, micro: 0 },
  images: blocks.map((count, index) => image(index + 1, count)),
  bytes: 0,
  blockNumbers: null,
});

/** An input without its turn, which is filled in. */
export type Told = UpdateInput extends infer I ? (I extends { readonly turn: number } ? Omit<I, 'turn'> : I) : never;

/** A machine that is told one thing after another. */
export function machine(plan: UpdatePlan, from: UpdateState = initialState(plan)) {
  let state = from;
  const effects: UpdateEffect[] = [];
  const tell = (...inputs: readonly Told[]): UpdateState => {
    for (const input of inputs) {
      // A state is plain data: it may be written down and read again between any two inputs.
      const copy = JSON.parse(JSON.stringify(state)) as UpdateState;
      expect(copy).toEqual(state);
      const next = transition(plan, copy, { turn: state.turn, ...input } as UpdateInput);
      effects.push(...next.effects);
      state = next.state;
    }
    return state;
  };
  /** What is to be done because of these. */
  const effectsOf = (...inputs: readonly Told[]): readonly UpdateEffect[] => {
    const before = effects.length;
    tell(...inputs);
    return effects.slice(before);
  };
  const writes = (): string[] => effects.flatMap((effect) => (effect.kind === 'write' ? [effect.what] : []));
  return { tell, effects, effectsOf, writes, state: () => state };
}

export const begin: Told = { kind: 'begin' };
export const ack: Told = { kind: 'acknowledged' };
export const erased: Told = { kind: 'erased' };
export const verified: Told = { kind: 'verified' };
export const elapsed: Told = { kind: 'elapsed' };
export const refused: Told = { kind: 'refused' };
export const unanswered: Told = { kind: 'unanswered' };
export const lost: Told = { kind: 'lost' };
export const block = (number: number): Told => ({ kind: 'block', number });

/** The acknowledgements of an image of at most 40 blocks. */
export const sent = (blocks: number): Told[] =>
  [0, 10, 20, 30]
    .filter((number) => number < blocks)
    .concat(blocks % 10 === 1 ? [] : [blocks - 1])
    .map(block);

/** An image from its partition to where it is verified. */
export const imageDone = (blocks: number): Told[] => [ack, erased, ack, ...sent(blocks), verified];

/** Where the blocks before this window are acknowledged, by a device that repeats the number it was sent. */
export const sendingFrom = (plan: UpdatePlan, from: number, to: number): UpdateState => ({
  ...initialState(plan),
  step: 'sending',
  turn: from + 4,
  sending: { window: { from, to }, tries: 0, saysOneLess: false },
});
