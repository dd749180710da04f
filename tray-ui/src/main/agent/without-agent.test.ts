import { expect, it } from 'vitest';
import { ManualClock, settled } from '../testing/manual-clock.ts';
import { PlayedAgent } from '../testing/played-agent.ts';
import { WithoutAgent } from './without-agent.ts';

const minutes = (count: number): number => count * 60_000;

function asking(answers: PlayedAgent['answers']) {
  const clock = new ManualClock();
  const process = new PlayedAgent();
  process.answers = answers;
  const withoutAgent = new WithoutAgent({ start: () => process, clock });
  const answer = withoutAgent.call('saveDiagnostics', { path: '/x.zip' });
  answer.catch(() => undefined);
  return { clock, process, answer };
}

it('is asked when it is there, and ended when it has answered', async () => {
  const { process, answer } = asking(() => ({ ok: true, result: null }));
  await settled();
  expect(process.asked).toEqual([]);
  process.say({ event: 'standby', payload: {} });
  expect(await answer).toBeNull();
  await settled();
  expect(process).toMatchObject({ asked: ['saveDiagnostics', 'stop'], wasKilled: false });
});

it('a refusal is told, and it is ended as well', async () => {
  const { process, answer } = asking(() => ({ ok: false, message: 'the folder does not exist' }));
  process.say({ event: 'standby', payload: {} });
  await expect(answer).rejects.toMatchObject({ code: 'refused', message: 'the folder does not exist' });
  await settled();
  expect(process.asked).toEqual(['saveDiagnostics', 'stop']);
});

it.each([
  ['before it is there', false],
  ['while it works', true],
])('one that ends %s is an error', async (_, isThere) => {
  const { process, answer } = asking(() => null);
  if (isThere) process.say({ event: 'standby', payload: {} });
  await settled();
  process.end(1);
  await expect(answer).rejects.toMatchObject({ code: 'closed' });
});

it('one that hangs is killed, whatever it hangs in', async () => {
  const working = asking(() => null);
  working.process.say({ event: 'standby', payload: {} });
  await settled();
  await working.clock.pass(minutes(3));
  expect(working.process.wasKilled).toBe(true);
  await expect(working.answer).rejects.toMatchObject({ code: 'closed' });

  const ending = asking(() => ({ ok: true, result: null }));
  ending.process.answersStop = false;
  ending.process.say({ event: 'standby', payload: {} });
  expect(await ending.answer).toBeNull();
  await ending.clock.pass(minutes(1));
  expect(ending.process.wasKilled).toBe(true);
});
