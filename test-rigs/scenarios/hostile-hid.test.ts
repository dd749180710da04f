import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Address, encodePacket, gnpReportLength, type PacketType } from '@jpd/protocol';
import { desiredBody, policyBody } from '../lab/hard/bodies.ts';
import { type HardLab, startHardLab } from '../lab/hard/hard-lab.ts';
import { mutate } from '../lab/hard/mutations.ts';
import { Random } from '../lab/hard/random.ts';
import { describeWith, mosquitto } from '../lab/requirements.ts';

const headset = '24da-70bf92000001';
const count = 1_000_000;
const burst = 20_000;

/** What a device could say: events of battery, settings and children, replies that nobody asked for, refusals; and what none would. */
function hostileReport(random: Random): Uint8Array {
  const groups: readonly (readonly [number, number])[] = [
    [0x12, 0x02],
    [0x13, 0x7c],
    [0x13, 0x01],
    [0x0d, 0x26],
    [0x02, 0x13],
    [0x7e, random.below(32)],
    [0xff, 0x00],
    [0xfe, 0xf4],
  ];
  const [command, subcommand] = random.pick(groups);
  const types: readonly PacketType[] = [0, 1, 2, 3];
  const source = random.pick([Address.headsetViaUsb, Address.headset1, Address.base, random.below(256)]);
  const sample = encodePacket({
    destination: Address.pc,
    source,
    sequence: random.below(256),
    type: random.pick(types),
    command,
    subcommand,
    payload: random.bytes(random.below(58)),
  });
  if (random.next() < 0.6) return sample;
  return random.next() < 0.7 ? mutate(sample, random) : random.bytes(random.below(gnpReportLength + 10));
}

let lab: HardLab;
beforeAll(async () => {
  lab = await startHardLab();
});
afterAll(() => lab.close());

describeWith(mosquitto, 'a hostile device', () => {
  it(`sends ${count} random and mutated reports: the agent lives, its documents are valid, and the job goes on`, async () => {
    const seed = Date.now() % 1_000_000;
    const random = new Random(seed);
    const victim = lab.plug('evolve2-75', '70BF92000001');
    const hostile = lab.plug('evolve2-65', '70BF92000002');
    const flow = { wanted: 0, sent: 0 };
    // With each answer a burst goes out; what it has to say truly comes in between.
    const endBehaviour = hostile.behave({
      name: 'a burst of anything with each answer',
      onPacket: (_packet, context) => {
        const reports = Array.from({ length: Math.min(burst, flow.wanted) }, () => hostileReport(random));
        flow.wanted -= reports.length;
        flow.sent += reports.length;
        const truth = context.encode(context.next());
        const middle = random.below(reports.length + 1);
        return { kind: 'raw', reports: [...reports.slice(0, middle), ...truth, ...reports.slice(middle)] };
      },
    });
    lab.agent.start();
    await vi.waitFor(() => expect(lab.platform.documents.size).toBe(2), { timeout: 30_000 });
    await lab.platform.send('policy', policyBody(1, 'immediately'));
    const { pid } = lab.agent;

    flow.wanted = count;
    for (let round = 1; flow.wanted > 0; round += 1) {
      const before = flow.sent;
      // A refresh makes the agent ask the device everything again.
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      await lab.platform.send('commands', { id: `refresh-${round}`, expiresAt, type: 'refresh', params: {} });
      await vi.waitFor(() => expect(flow.sent).toBeGreaterThan(before), { timeout: 60_000, interval: 20 });
    }
    endBehaviour();

    await lab.platform.send('desired', desiredBody(1, { sidetoneLevel: 6 }, true), headset);
    await vi.waitFor(() => expect(victim.state.settings.get('sidetoneLevel')).toBe(6), { timeout: 60_000, interval: 100 });
    await vi.waitFor(() => expect(lab.platform.documents.get(headset)?.settings.appliedRevision).toBe(1), { timeout: 30_000 });
    expect(flow.sent).toBe(count);
    expect(lab.agent.running && lab.agent.pid === pid, `seed ${seed}`).toBe(true);
    expect(lab.platform.violations, `seed ${seed}`).toEqual([]);
    // Nothing was desired of the hostile one: whatever it said, it was told nothing.
    expect(hostile.writes).toBe(0);
    expect(victim.writes).toBe(1);
    expect(await lab.agent.residentBytes()).toBeLessThan(400e6);
  }, 240_000);
});
