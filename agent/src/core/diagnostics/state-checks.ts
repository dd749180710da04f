import type { LockExamination, StateExamination } from '../../ports/index.ts';
import { failed, type Judgement, ok, skipped } from './check.ts';

/** Whether an agent runs; either is fine. */
export function judgeLock(lock: LockExamination): Judgement {
  if (!lock.held) return ok('no agent runs on this state folder');
  return ok(lock.by === null ? 'an agent runs' : `an agent runs: process ${lock.by.pid}, since ${lock.by.since}`);
}

export function judgeState({ problem, lostRecords, counts }: StateExamination, isHeld: boolean): Judgement {
  const records = [...counts.values()].reduce((sum, count) => sum + count, 0);
  // What is read while an agent writes may look torn; the agent itself examined it when it started.
  if (problem !== null && isHeld) return skipped('the running agent writes it at the moment; it examined it when it started');
  if (problem === null) return ok(records === 0 ? 'nothing is kept yet' : `undamaged, ${records} records`);
  const lost = lostRecords === null ? 'records may be lost' : `${lostRecords} records are lost`;
  return failed(
    `the state is damaged (${problem}): ${lost}`,
    'start the agent: it goes on with what can be read and keeps the rest beside it; check the disk',
  );
}
