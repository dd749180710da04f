import { type DescribedHistory, readSent, type SentEntry, type SentGroup } from '../app/sent.ts';
import { answer, exitCode, oneLine, tell } from './output.ts';
import { usableConfiguration } from './session.ts';
import { table } from './table.ts';

const groupNames: Readonly<Record<SentGroup, string>> = {
  device: 'device',
  computer: 'computer',
  userName: 'user name',
  location: 'location',
  app: 'app',
};

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** In this PC's time, as the people at it remember it. */
function localTime(at: string): string {
  const time = new Date(at);
  const day = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(twoDigits).join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')}`;
}

function rowOf({ at, to, groups, summary, bytes, acknowledged }: SentEntry): readonly string[] {
  const words = summary + (acknowledged ? '' : ' (not confirmed)');
  return [localTime(at), groups.map((group) => groupNames[group]).join(', '), `${bytes} B`, to, words];
}

function lines({ entries, unreadable, incompleteBefore }: DescribedHistory): string {
  const rows =
    entries.length === 0 ? 'nothing was sent in the last 30 days' : table(['time', 'tells of', 'size', 'sent to', 'what'], entries.map(rowOf));
  const notes = [
    ...(unreadable > 0 ? [`${unreadable} entries cannot be read: the log was damaged`] : []),
    ...(incompleteBefore === null ? [] : [`entries before ${localTime(incompleteBefore)} are missing: there was no room for them`]),
  ];
  return [rows, ...notes].join('\n');
}

/** `jabra-agent sent`: what left this PC, newest first. Gives the exit code. */
export async function sent({ config, json }: { readonly config: string | null; readonly json: boolean }): Promise<number> {
  const loaded = await usableConfiguration(config);
  if (!loaded) return exitCode.wrongUse;
  try {
    const { entries, ...rest } = await readSent(loaded.configuration);
    answer(json ? JSON.stringify({ sent: entries, ...rest }) : lines({ entries, ...rest }));
    return exitCode.done;
  } catch (error) {
    tell(oneLine(error));
    return exitCode.fault;
  }
}
