import { expect, it } from 'vitest';
import { AgentLab } from './testing/agent-lab.ts';
import { policyOf } from './testing/bodies.ts';

it('an agent tells what it sent, that it sent something, and what it may send', async () => {
  const lab = new AgentLab();
  const headset = lab.plug('evolve2-75', '70BF92000001');
  await lab.start();
  lab.platform.send('policy', policyOf(1, { metadata: { userName: true, computer: false, location: false } }));
  await lab.clock.advance(1000);
  let told = 0;
  const end = lab.agent.onSent(() => {
    told += 1;
  });
  const before = lab.platform.published.length;
  headset.setLocally('sidetoneLevel', 6);
  await lab.clock.advance(5000);
  expect(told).toBe(lab.platform.published.length - before);
  expect(told).toBeGreaterThan(0);
  end();
  const { entries, gates } = await lab.agent.sent();
  expect(entries.filter(({ kind }) => kind !== 'connect').map(({ payload }) => payload)).toEqual(
    lab.platform.published.map(({ payload }) => payload).toReversed(),
  );
  expect(entries[0]?.summary).toMatch(/^Evolve2 75: \d+ settings, in-sync$/);
  expect(entries.find(({ groups }) => groups.includes('userName'))?.summary).toBe('About this PC: user name mads');
  expect(gates).toEqual({ userName: true, computer: false, location: false });
  await lab.stop();
});
