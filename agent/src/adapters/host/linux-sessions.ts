import { parseKeyValues } from './key-values.ts';

const run = '/run/systemd';

/** The folders that change when users are switched: systemd writes each file anew. */
export const sessionFolders: readonly string[] = [`${run}/sessions`, `${run}/seats`];

export interface LinuxSessionReaders {
  /** Text of a file, null where it cannot be read. */
  readonly readFile: (path: string) => Promise<string | null>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the account, null where there is none. */
  readonly userId: number | null;
}

/** Audit session id of a process that belongs to no login: (uid_t)-1. */
const noSession = '4294967295';

/** What systemd-logind keeps of sessions (files of `KEY=value` lines below /run/systemd; sd-login(3) reads the same). Elsewhere nothing is known. */
export function linuxSessions({ readFile, environment, userId }: LinuxSessionReaders) {
  const facts = async (path: string): Promise<ReadonlyMap<string, string> | null> => {
    const text = await readFile(`${run}/${path}`);
    return text === null ? null : parseKeyValues(text);
  };

  /** The session that this process belongs to, null for one of none: a service, or what a person's own service manager started. */
  async function own(): Promise<string | null> {
    const audit = (await readFile('/proc/self/sessionid'))?.trim();
    if (audit !== undefined && audit !== '' && audit !== noSession) return audit;
    return environment['XDG_SESSION_ID']?.trim() || null;
  }

  /** Whether somebody uses the session; null where that isn't known. */
  async function isActive(): Promise<boolean | null> {
    const session = await own();
    const known = session === null ? null : await facts(`sessions/${session}`);
    if (known) return known.get('ACTIVE') === '1' && known.get('STATE') !== 'closing';
    // `online`: logged in, and in none of the sessions is anybody.
    const state = userId === null ? undefined : (await facts(`users/${userId}`))?.get('STATE');
    return state === undefined ? null : state === 'active';
  }

  /** The person's session that is used at the computer itself, null at a login screen and where nothing is known. */
  async function atSeat(): Promise<string | null> {
    const session = (await facts('seats/seat0'))?.get('ACTIVE') ?? '';
    if (!/^[A-Za-z0-9]+$/.test(session)) return null;
    return (await facts(`sessions/${session}`))?.get('CLASS') === 'user' ? session : null;
  }

  return { own, isActive, atSeat };
}
