import { afterEach, expect, it, vi } from 'vitest';
import type { VirtualDevice } from '@jpd/protocol/virtual';
import { desiredBody, policyBody } from '../lab/hard/bodies.ts';
import { type HardLab, startHardLab } from '../lab/hard/hard-lab.ts';
import { Random } from '../lab/hard/random.ts';
import { describeWith, mosquitto } from '../lab/requirements.ts';

const headset = '24da-70bf92000001';
const speaker = '24ef-30a1b2000003';
const levels = [-9, -6, -3, 0, 3, 6];

let lab: HardLab;
afterEach(() => lab.close());

/** Things that people and administrators do while the agent lives, until `until` says enough. */
async function makeTrouble(random: Random, devices: readonly VirtualDevice[], nextRevision: () => number, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const device = random.pick(devices);
    const act = random.below(5);
    if (act === 0) lab.bus.unplug(device);
    else if (act === 1) lab.bus.plug(device);
    else if (act === 2) device.setBattery(20 + random.below(80), random.next() < 0.3);
    else if (act === 3 && device.state.family.settings.includes('sidetoneLevel')) device.setLocally('sidetoneLevel', random.pick(levels));
    else if (lab.platform.clientId !== null) {
      const settings = { sidetoneLevel: random.pick(levels), muteReminderSeconds: 10 + random.below(50) };
      await lab.platform.send('desired', desiredBody(nextRevision(), settings, true), headset);
    }
    await new Promise((resolve) => setTimeout(resolve, random.below(40)));
  }
}

/**
 * INVARIANTS. An event is lost when something that the platform was shown has no event. So: the kinds of connection events of a device alternate, and the last one
 * says what its document says; each revision that a document showed as applied has an event that says so; each start has its `agent.started`. An id always means the
 * same event. No write told a device what it held when the device was last asked;
 * what it came to hold by itself between its answer and the write cannot be known, and is noted apart (`writes.overtaken`).
 */
function judge(starts: number): void {
  const { platform, writes } = lab;
  expect(platform.violations).toEqual([]);
  expect(writes.redundant).toEqual([]);
  const contents = new Map<string, Set<string>>();
  for (const { event } of platform.events) {
    const { sentAt: _sentAt, ...content } = event;
    contents.set(event.id, (contents.get(event.id) ?? new Set()).add(JSON.stringify(content)));
  }
  for (const said of contents.values()) expect(said.size).toBe(1);
  for (const deviceId of [headset, speaker]) {
    const told = platform.distinctEvents().flatMap((event) => ('deviceId' in event && event.deviceId === deviceId ? [event] : []));
    const connections = told.flatMap(({ type }) => (type === 'device.connected' || type === 'device.disconnected' ? [type] : []));
    connections.forEach((type, index) =>
      expect(type, `connection event ${index} of ${deviceId}`).toBe(index % 2 === 0 ? 'device.connected' : 'device.disconnected'),
    );
    expect(connections.at(-1)).toBe(`device.${platform.documents.get(deviceId)?.connection.status}`);
    const shown = new Set(platform.history.filter((document) => document.deviceId === deviceId).map(({ settings }) => settings.appliedRevision));
    const applied = new Set(told.flatMap(({ type, data }) => (type === 'settings.applied' || type === 'settings.failed' ? [data['revision']] : [])));
    for (const revision of shown) if (revision !== null) expect(applied, `revision ${revision} of ${deviceId}`).toContain(revision);
  }
  expect(platform.distinctEvents('agent.started').length).toBeLessThanOrEqual(starts);
}

describeWith(mosquitto, 'an agent that is killed at any moment', () => {
  it.each([
    { name: 'an eager platform', kills: 50, ackDelayMs: 0 },
    { name: 'a platform that acknowledges late', kills: 10, ackDelayMs: 700 },
  ])(
    '$kills times in a row under load and $name: no event is lost and no held value is written',
    async ({ kills, ackDelayMs }) => {
      const seed = Date.now() % 1_000_000;
      const random = new Random(seed);
      lab = await startHardLab();
      lab.platform.ackDelayMs = ackDelayMs;
      const devices = [lab.plug('evolve2-75', '70BF92000001'), lab.plug('speak2-75', '30A1B2000003')];
      let revision = 0;
      const nextRevision = (): number => (revision += 1);
      lab.agent.start();
      await vi.waitFor(() => expect(lab.platform.documents.has(headset)).toBe(true), { timeout: 30_000 });
      await lab.platform.send('policy', policyBody(1, 'immediately'));

      for (let kill = 0; kill < kills; kill += 1) {
        // A start takes about a second here: some kills hit it before it has said anything, most while it works.
        await makeTrouble(random, devices, nextRevision, 50 + random.below(2000));
        await lab.agent.end('SIGKILL');
        lab.agent.start();
      }

      for (const device of devices) lab.bus.plug(device);
      const last = nextRevision();
      await lab.platform.send('desired', desiredBody(last, { sidetoneLevel: 6, muteReminderSeconds: 33 }, true), headset);
      await vi.waitFor(
        () => {
          expect(lab.platform.documents.get(headset)?.settings).toMatchObject({ appliedRevision: last, state: 'in-sync' });
          expect(lab.platform.documents.get(speaker)?.connection.status).toBe('connected');
          expect(lab.platform.distinctEvents('settings.applied').some(({ data }) => data['revision'] === last)).toBe(true);
        },
        { timeout: 60_000, interval: 100 },
      );
      // Everything that waited is told in order: when the goodbye is there, all before it is.
      await lab.agent.end('SIGTERM');
      await vi.waitFor(() => expect(lab.platform.distinctEvents('agent.stopped').length).toBeGreaterThan(0), { timeout: 20_000 });
      expect(devices[0]?.state.settings.get('sidetoneLevel')).toBe(6);
      expect(devices[0]?.state.settings.get('muteReminderSeconds')).toBe(33);
      expect(lab.platform.events.length, `seed ${seed}`).toBeGreaterThan(kills);
      judge(kills + 1);
    },
    240_000,
  );
});
