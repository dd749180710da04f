import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { encode, payloadExamples, type TopicKind } from '@jpd/agent/contract';
import { desiredBody, policyBody } from '../lab/hard/bodies.ts';
import { type HardLab, startHardLab } from '../lab/hard/hard-lab.ts';
import { mutate, mutateJson } from '../lab/hard/mutations.ts';
import { Random } from '../lab/hard/random.ts';
import { describeWith, mosquitto } from '../lab/requirements.ts';

const headset = '24da-70bf92000001';
const count = 100_000;
const kinds = ['policy', 'desired', 'commands', 'acks', 'presence'] as const satisfies readonly TopicKind[];

/** A payload that is meant to do harm. A mutated policy must not be a valid revocation: then silence would be right, and nothing were tested any more. */
function hostilePayload(kind: (typeof kinds)[number], random: Random): Buffer {
  const example = payloadExamples[kind];
  const text = random.next() < 0.5 ? JSON.stringify(mutateJson(example, random)) : JSON.stringify(example);
  const payload = Buffer.from(random.next() < 0.5 ? mutate(Buffer.from(text ?? 'null'), random) : (text ?? 'null'));
  return payload.includes('"revoked":true') ? Buffer.from('{') : payload;
}

let lab: HardLab;
beforeAll(async () => {
  lab = await startHardLab();
});
afterAll(() => lab.close());

describeWith(mosquitto, 'a hostile platform', () => {
  it(`sends ${count} mutated payloads: the agent lives, what it says is valid, and a true document still works`, async () => {
    const seed = Date.now() % 1_000_000;
    const random = new Random(seed);
    const device = lab.plug('evolve2-75', '70BF92000001');
    lab.agent.start();
    await vi.waitFor(() => expect(lab.platform.documents.has(headset)).toBe(true), { timeout: 30_000 });
    const { pid } = lab.agent;

    for (let sent = 0; sent < count; sent += 200) {
      await Promise.all(
        Array.from({ length: 200 }, () => {
          const kind = random.pick(kinds);
          return lab.platform.sendRaw(
            kind,
            hostilePayload(kind, random),
            kind === 'desired' ? random.pick([headset, 'nobody', 'x'.repeat(64)]) : undefined,
          );
        }),
      );
    }

    // Above every revision that a mutation may have left behind.
    const revision = Number.MAX_SAFE_INTEGER;
    await lab.platform.send('policy', policyBody(revision, 'immediately'));
    await lab.platform.sendRaw('desired', '', headset);
    await lab.platform.send('desired', desiredBody(revision, { sidetoneLevel: -9 }, true), headset);
    await vi.waitFor(() => expect(device.state.settings.get('sidetoneLevel')).toBe(-9), { timeout: 60_000, interval: 100 });
    await vi.waitFor(() => expect(lab.platform.documents.get(headset)?.settings).toMatchObject({ appliedRevision: revision, state: 'in-sync' }), {
      timeout: 30_000,
    });

    expect(lab.agent.running && lab.agent.pid === pid, `seed ${seed}`).toBe(true);
    // What stands on the presence topic came from here as well.
    expect(
      lab.platform.violations.filter((sentence) => !sentence.includes('/presence: ')),
      `seed ${seed}`,
    ).toEqual([]);
    expect(lab.writes.redundant).toEqual([]);
    expect(await lab.agent.residentBytes()).toBeLessThan(400e6);
    const told = lab.platform
      .distinctEvents('contract.violation')
      .map(({ at, data }) => ({ at: Date.parse(at), kind: JSON.stringify(data['topic']).split('/')[4]?.replace('"', '') ?? '' }));
    expect(told.length).toBeGreaterThan(0);
    for (const kind of kinds) {
      const times = told.filter((event) => event.kind === kind).map(({ at }) => at);
      for (const [index, at] of times.entries()) if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(59_900);
    }
    expect(() => encode('policy', policyBody(1, 'immediately'), Date.now())).not.toThrow();
  }, 240_000);
});
