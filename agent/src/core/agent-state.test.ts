import { describe, expect, it } from 'vitest';
import { payloadExamples } from '../contract/index.ts';
import type { Json, Log, Store, StoreDamage } from '../ports/index.ts';
import { damageReport, loadState, raiseRevisions } from './agent-state.ts';

const now = 1_795_000_000_000;
const path = '/home/petra/state/store';
const damage = (lostRecords: number | null): StoreDamage => ({
  message: `The store in ${path} was damaged`,
  lostRecords,
  setAside: `${path}.damaged`,
});

const silent: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  setLevel: () => undefined,
  child: () => silent,
};

function stateWith(revision: number) {
  const device = { document: { ...payloadExamples.devices, deviceId: 'd1', revision }, applied: null };
  // Through JSON, as a store gives it back.
  const json: Json = JSON.parse(JSON.stringify(device));
  const store: Store = {
    damage: [],
    load: async (section) => new Map(section === 'devices' ? [['d1', json]] : []),
    commit: async () => undefined,
    close: async () => undefined,
  };
  return loadState(store, silent);
}

describe('a damaged state', () => {
  it.each([
    [0, 'The stored state was damaged. Nothing was lost.'],
    [3, 'The stored state was damaged. Records lost: 3.'],
    [null, 'The stored state was damaged. Records lost: unknown.'],
  ])('that lost %j records is told to the platform without a path', (lost, sentence) => {
    expect(damageReport(damage(lost))).toBe(sentence);
  });

  it.each([
    { lost: [], before: 12, after: 12 },
    { lost: [0], before: 12, after: 12 },
    { lost: [0, 3], before: 12, after: now },
    { lost: [null], before: 12, after: now },
    { lost: [null], before: now + 5, after: now + 6 },
  ])('that lost $lost records lets revision $before be $after', async ({ lost, before, after }) => {
    const state = await stateWith(before);
    const writes = raiseRevisions(state, lost.map(damage), now);
    expect(state.devices.get('d1')?.document.revision).toBe(after);
    expect(writes).toHaveLength(before === after ? 0 : 1);
  });
});
