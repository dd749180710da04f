import { PacketType } from '@jpd/protocol';
import type { VirtualDevice } from '@jpd/protocol/virtual';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMemoryStore } from './testing/memory-store.ts';
import { type AgentLab as Lab, AgentLab } from './testing/agent-lab.ts';
import { desiredOf, policyOf } from './testing/bodies.ts';
import { steadyEntropy } from './testing/entropy.ts';

const serials = ['70BF92000001', '70BF92000002'] as const;
const idOf = (serial: string): string => `24da-${serial.toLowerCase()}`;

const levels = [-9, -6, -3, 0, 3, 6] as const;
const device = fc.constantFrom(0, 1);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('plug' as const), device }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('unplug' as const), device }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      device,
      level: fc.constantFrom(...levels),
      guided: fc.boolean(),
      locked: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turn' as const), device, level: fc.constantFrom(...levels) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), device }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('cut' as const, 'offline' as const, 'online' as const, 'silent' as const, 'talks' as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('policy' as const), applySettings: fc.constantFrom('immediately' as const, 'next-login' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('login' as const, 'command' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('disk' as const), commitMs: fc.constantFrom(0, 1, 7, 40, 300) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('kill' as const), startAfterMs: fc.constantFrom(0, 30, 5000) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.oneof(fc.nat(60), fc.nat(3000)) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Counts writes that change nothing on the device. */
function watchWrites(headset: VirtualDevice): { redundant: number } {
  const seen = { redundant: 0 };
  headset.behave({
    name: 'watch',
    onPacket: (packet, context) => {
      if (packet.type !== PacketType.write) return undefined;
      const writesBefore = headset.writes;
      const before = JSON.stringify([...context.state.settings]);
      const action = context.next();
      if (headset.writes >= writesBefore && before === JSON.stringify([...context.state.settings])) seen.redundant += 1;
      return action;
    },
  });
  return seen;
}

class Story {
  readonly lab: Lab = new AgentLab({ entropy: steadyEntropy(() => 0.5) });
  readonly headsets = serials.map((serial) => this.lab.plug('evolve2-75', serial));
  readonly writes = this.headsets.map(watchWrites);
  /** Every event that was ever seen on the disk, as its text. */
  readonly durable = new Map<string, string>();
  readonly wanted = new Map<number, { level: number; guided: boolean } | null>();
  #revision = 0;
  #commands = 0;
  #logins = 1;

  async begin(): Promise<void> {
    await this.lab.start();
    this.lab.platform.send('policy', policyOf(0, { applySettings: 'immediately' }));
    await this.lab.clock.advance(1000);
  }

  /** Ids of the commands that were sent, each twice. */
  get commandIds(): readonly string[] {
    return Array.from({ length: this.#commands }, (_, index) => `c-${index + 1}`);
  }

  async do(next: Step): Promise<void> {
    const { lab } = this;
    const { platform } = lab;
    switch (next.kind) {
      case 'plug':
      case 'unplug': {
        const headset = this.headsets[next.device];
        if (headset) lab.bus[next.kind](headset);
        break;
      }
      case 'publish': {
        this.#revision += 1;
        const { level, guided, locked } = next;
        this.wanted.set(next.device, { level, guided });
        const settings = { sidetoneLevel: { value: level, locked }, voiceGuidance: { value: guided ? 'voice' : 'tones', locked } };
        platform.send('desired', desiredOf(this.#revision, settings), idOf(serials[next.device] ?? ''));
        break;
      }
      case 'turn':
        this.headsets[next.device]?.setLocally('sidetoneLevel', next.level);
        break;
      case 'forget':
        this.wanted.set(next.device, null);
        platform.sendRaw('desired', '', idOf(serials[next.device] ?? ''));
        break;
      case 'cut':
        platform.break();
        break;
      case 'offline':
        platform.online = false;
        platform.break();
        break;
      case 'online':
        platform.online = true;
        break;
      case 'silent':
      case 'talks':
        platform.acknowledges = next.kind === 'talks';
        break;
      case 'policy':
        this.#revision += 1;
        platform.send('policy', policyOf(this.#revision, { applySettings: next.applySettings }));
        break;
      case 'login':
        this.#logins += 1;
        void lab.agent.loginChanged(`login-${this.#logins}`);
        break;
      case 'command': {
        this.#commands += 1;
        const command = { id: `c-${this.#commands}`, type: 'refresh', expiresAt: '2030-01-01T00:00:00.000Z', params: {} };
        platform.send('commands', command);
        platform.send('commands', command);
        break;
      }
      case 'disk':
        lab.commitMs = next.commitMs;
        break;
      case 'kill':
        await this.look();
        await lab.kill();
        await this.look();
        await lab.clock.advance(next.startAfterMs);
        await lab.start({ loginSessionId: `login-${this.#logins}` }, 0);
        break;
      case 'wait':
        await lab.clock.advance(next.ms);
        break;
    }
    await lab.clock.settle();
    await this.look();
  }

  /** What is on the disk now was durable. */
  async look(): Promise<void> {
    for (const event of (await openMemoryStore({ disk: this.lab.disk }).load('events')).values()) {
      const { id } = event as { id: string };
      const text = JSON.stringify(event);
      if ((this.durable.get(id) ?? text) !== text) throw new Error(`${id} changed on the disk`);
      this.durable.set(id, text);
    }
  }

  async end(): Promise<void> {
    const { lab } = this;
    lab.commitMs = 0;
    lab.platform.online = true;
    lab.platform.acknowledges = true;
    await lab.kill();
    await lab.start({ loginSessionId: 'login-last' }, 180_000);
    await this.look();
    for (const headset of this.headsets) lab.bus.plug(headset);
    await lab.clock.advance(60_000);
    await lab.stop();
  }
}

/** What was found once: a kill between the end of a desired document and what follows of it. */
const forgottenHalfway: Step[] = [
  { kind: 'publish', device: 1, level: -9, guided: false, locked: false },
  { kind: 'disk', commitMs: 40 },
  { kind: 'login' },
  { kind: 'forget', device: 1 },
  { kind: 'online' },
  { kind: 'wait', ms: 80 },
  { kind: 'turn', device: 0, level: -9 },
  { kind: 'turn', device: 0, level: -9 },
];

describe('an agent that is killed at any moment', () => {
  it(
    'loses no durable event, tells connects in turn, goes back nowhere, writes nothing twice and ends as it was told',
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          const story = new Story();
          await story.begin();
          for (const next of steps) await story.do(next);
          await story.end();
          const { lab, durable, headsets, wanted, writes } = story;

          // Reading them checks that a repeated one says the same.
          const told = new Set(lab.platform.events.map(({ id }) => id));
          expect([...durable.keys()].filter((id) => !told.has(id))).toEqual([]);

          for (const serial of serials) {
            const turns = lab.platform.events.filter(
              (event) => 'deviceId' in event && event.deviceId === idOf(serial) && event.type.startsWith('device.'),
            );
            const types = turns.map(({ type }) => type);
            expect(types).toEqual(types.map((_, index) => (index % 2 === 0 ? 'device.connected' : 'device.disconnected')));

            const documents = lab.platform.received('devices', idOf(serial));
            for (const [index, document] of documents.entries()) {
              const before = documents[index - 1];
              if (!before) continue;
              expect(document.revision).toBeGreaterThanOrEqual(before.revision);
              if (document.revision === before.revision) expect({ ...document, sentAt: '' }).toEqual({ ...before, sentAt: '' });
            }
          }

          expect(writes).toEqual([{ redundant: 0 }, { redundant: 0 }]);
          for (const [index, wish] of wanted) {
            const document = lab.platform.retainedOf('devices', idOf(serials[index] ?? ''));
            if (wish === null) expect(document?.settings).toMatchObject({ desiredRevision: null, appliedRevision: null, locked: [] });
            else {
              expect(document?.settings).toMatchObject({ state: 'in-sync' });
              expect(document?.settings.appliedRevision).toBe(document?.settings.desiredRevision);
              expect(headsets[index]?.state.settings.get('sidetoneLevel')).toBe(wish.level);
              expect(headsets[index]?.state.settings.get('voiceGuidance')).toBe(wish.guided ? 'voice' : 'tones');
            }
          }

          // It ran, or a kill cut it off; both copies tell the same, unless the result was lost with its connection.
          for (const id of story.commandIds) {
            const outcomes = lab.platform.received('results', id).map(({ status, error }) => error?.code ?? status);
            expect(['succeeded', 'interrupted', undefined]).toContain(outcomes[0]);
            expect(new Set(outcomes).size).toBeLessThanOrEqual(1);
          }
          expect(lab.log.errors).toEqual([]);
        }),
        { numRuns: 40, examples: [[forgottenHalfway]] },
      );
    },
  );
});
