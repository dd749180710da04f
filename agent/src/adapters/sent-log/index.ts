/** What left this PC: written by the agent, read by whoever may read its state folder. */
export { openSentLog } from './open-sent-log.ts';
export { readSentLog } from './read.ts';
