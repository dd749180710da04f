import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { VirtualDevice } from '@jpd/protocol/virtual';
import type { AgentEvent, DeviceDocument } from '@jpd/agent/contract';
import { desiredBody, policyBody } from '../lab/hard/bodies.ts';
import { StoreVandal } from '../lab/hard/damage.ts';
import { type HardLab, startHardLab } from '../lab/hard/hard-lab.ts';
import { describeWith, mosquitto } from '../lab/requirements.ts';

const headset = '24da-70bf92000001';
const soon = { timeout: 20_000, interval: 50 };

interface Case {
  readonly name: string;
  readonly signal: 'SIGTERM' | 'SIGKILL';
  readonly damage: (vandal: StoreVandal) => Promise<void>;
  /** What becomes of the client's identity, whose record is older than what the log holds. */
  readonly client: 'kept' | 'new' | 'either';
  /** Whether anything was damaged that the agent could know of. */
  readonly reported: boolean;
}

const table = /\.ldb$/;
const log = /\.log$/;
const manifest = /^MANIFEST/;

/** Each case finds the folder as the one before left it: records in a table, and what happened since in a log. */
const cases: readonly Case[] = [
  { name: 'nothing is damaged', signal: 'SIGTERM', damage: async () => undefined, client: 'kept', reported: false },
  { name: 'nothing but a crash damaged it', signal: 'SIGKILL', damage: async () => undefined, client: 'kept', reported: false },
  { name: 'the log is cut in half', signal: 'SIGKILL', damage: (vandal) => vandal.truncateInHalf(log), client: 'kept', reported: true },
  { name: 'the log is emptied', signal: 'SIGTERM', damage: (vandal) => vandal.empty(log), client: 'kept', reported: true },
  {
    name: 'bytes in the middle of the log are flipped',
    signal: 'SIGTERM',
    damage: (vandal) => vandal.flipInTheMiddle(log),
    client: 'kept',
    reported: true,
  },
  {
    name: 'bytes in the middle of the table are flipped',
    signal: 'SIGKILL',
    damage: (vandal) => vandal.flipInTheMiddle(table),
    client: 'either',
    reported: true,
  },
  { name: 'CURRENT is deleted', signal: 'SIGTERM', damage: (vandal) => vandal.remove(/^CURRENT$/), client: 'kept', reported: true },
  { name: 'MANIFEST is zeroed', signal: 'SIGKILL', damage: (vandal) => vandal.zero(manifest), client: 'kept', reported: true },
  { name: 'MANIFEST is deleted', signal: 'SIGTERM', damage: (vandal) => vandal.remove(manifest), client: 'kept', reported: true },
  { name: 'the mark beside it is deleted', signal: 'SIGKILL', damage: (vandal) => vandal.removeMark(), client: 'kept', reported: false },
  { name: 'all tables are deleted', signal: 'SIGTERM', damage: (vandal) => vandal.remove(table), client: 'either', reported: true },
  { name: 'every file is garbage', signal: 'SIGKILL', damage: (vandal) => vandal.fillWithGarbage(), client: 'new', reported: true },
  { name: 'a file stands in its place', signal: 'SIGTERM', damage: (vandal) => vandal.replaceByFile(), client: 'new', reported: true },
  { name: 'it is deleted', signal: 'SIGKILL', damage: (vandal) => vandal.removeFolder(), client: 'new', reported: true },
];

let lab: HardLab;
let device: VirtualDevice;
let revision = 0;

/** A new desired settings document is obeyed and told of. Gives its revision. */
async function work(): Promise<number> {
  revision += 1;
  const wanted = revision;
  const level = wanted % 2 === 0 ? 6 : -9;
  await lab.platform.send('policy', policyBody(wanted, 'immediately'));
  await lab.platform.send('desired', desiredBody(wanted, { sidetoneLevel: level, muteReminderSeconds: 10 + wanted }, true), headset);
  await vi.waitFor(() => {
    expect(lab.platform.documents.get(headset)?.settings).toMatchObject({ appliedRevision: wanted, state: 'in-sync' });
    expect(lab.platform.distinctEvents('settings.applied').some(({ data }) => data['revision'] === wanted)).toBe(true);
  }, soon);
  expect(device.state.settings.get('sidetoneLevel')).toBe(level);
  expect(device.state.settings.get('muteReminderSeconds')).toBe(10 + wanted);
  return level;
}

function contentOf(document: DeviceDocument | undefined): string {
  return JSON.stringify({ ...document, sentAt: null });
}

const starts = (): readonly AgentEvent[] => lab.platform.distinctEvents('agent.started');
const documentsOf = (clientId: string | null): number =>
  lab.platform.raw.filter((message) => message.startsWith(`jabra/v1/acme/${clientId}/devices/`)).length;

/** Starts it and waits for what it says first. Gives its `agent.started`. */
async function startAndHear(): Promise<AgentEvent> {
  const before = starts().length;
  const documents = lab.platform.history.length;
  lab.agent.start();
  await vi
    .waitFor(() => {
      expect(starts().length).toBe(before + 1);
      expect(lab.platform.history.length).toBeGreaterThan(documents);
    }, soon)
    .catch((cause: unknown) => {
      throw new Error(`the agent was not heard: ${lab.agent.lastWords()}`, { cause });
    });
  const told = starts().at(-1);
  if (!told) throw new Error('no agent.started');
  return told;
}

beforeAll(async () => {
  lab = await startHardLab();
  device = lab.plug('evolve2-75', '70BF92000001');
  await startAndHear();
  await work();
  // From here on there is a table.
  await lab.agent.end('SIGTERM');
  await startAndHear();
});
afterAll(() => lab.close());

describeWith(mosquitto, 'an agent whose store was damaged while it did not run', () => {
  it.each(cases.map((each) => [each.name, each.signal, each] as const))(
    'reports what was lost, and works, when %s after %s',
    async (_name, signal, { damage, client, reported }) => {
      const level = await work();
      const { clientId } = lab.platform;
      await lab.agent.end(signal);
      const last = lab.platform.history.at(-1);
      const documentsBefore = lab.platform.history.length;
      const outputBefore = lab.agent.output.length;
      await damage(new StoreVandal(lab.agent.stateDir));

      const started = await startAndHear();
      expect(lab.agent.running).toBe(true);
      const output = lab.agent.output.slice(outputBefore);
      if (reported) {
        expect(started.data['damage']).toEqual([expect.stringMatching(/^The stored state was damaged\. /)]);
        expect(output).toMatch(/ ERROR agent: the state was damaged /);
      } else {
        expect(started.data).not.toHaveProperty('damage');
        expect(output).not.toMatch(/ ERROR /);
      }
      if (client !== 'either') expect(lab.platform.clientId === clientId, 'the clientId is the same').toBe(client === 'kept');
      expect(documentsOf(lab.platform.clientId)).toBeGreaterThan(0);

      if (lab.platform.clientId === clientId) {
        // What was locked is locked still, whether that was kept or told again by the platform.
        device.setLocally('sidetoneLevel', level === 6 ? -6 : 3);
        await vi.waitFor(() => expect(device.state.settings.get('sidetoneLevel')).toBe(level), soon);
      }
      await work();

      // A document that nothing changed comes again as it was.
      const fresh = lab.platform.history.slice(documentsBefore).filter((document) => contentOf(document) !== contentOf(last));
      expect(fresh.length).toBeGreaterThan(0);
      expect(Math.min(...fresh.map((document) => document.revision))).toBeGreaterThan(last?.revision ?? Number.NaN);
      expect(lab.platform.violations).toEqual([]);
    },
    60_000,
  );
});
