/** Composes what tells people what left this PC; beside a running agent or without one, and without a broker. */
import { readSentLog } from '../adapters/sent-log/index.ts';
import { systemClock } from '../adapters/system/index.ts';
import { type Configuration, sentFolder } from '../app.ts';
import { type DescribedHistory, describeSent } from '../core/privacy/describe-sent.ts';

export type { DescribedHistory, SentEntry, SentGroup } from '../core/privacy/describe-sent.ts';

/** The last 30 days, newest first; of a running agent but for its newest second. Rejects where the log cannot be read. */
export async function readSent({ stateDir }: Configuration): Promise<DescribedHistory> {
  return describeSent(await readSentLog(sentFolder(stateDir), systemClock.now()));
}
