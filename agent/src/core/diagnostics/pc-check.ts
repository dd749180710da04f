import type { StatusOverview } from '../overview/status.ts';
import type { Check } from './check.ts';

/** What a person at this PC is told of the checks: one line each. */
export interface PcCheck {
  readonly id: 'setup' | 'devices' | 'platform' | 'signed-in' | 'rivals';
  readonly isGood: boolean;
  /** A name that belongs into the sentence. */
  readonly subject: string | null;
}

const groups = {
  setup: ['configuration', 'definitions', 'state-folder', 'state', 'log-folder', 'clock'],
  devices: ['hid'],
  platform: ['proxy', 'name-resolution', 'connection', 'tls'],
} as const;

/**
 * The checks of `jabra-agent doctor` in the words of the app. Pure. Whether it is signed in, the running agent knows better than anybody who looks from
 * outside; what nobody looks at is left out.
 */
export function pcChecks(
  checks: readonly Check[],
  { connection, host, rivals }: Pick<StatusOverview, 'connection' | 'host'> & { readonly rivals: readonly string[] | null },
  organisation: string,
): readonly PcCheck[] {
  const isGood = (id: keyof typeof groups): boolean => {
    const names: readonly string[] = groups[id];
    return checks.every(({ name, status }) => status !== 'failed' || !names.includes(name));
  };
  return [
    { id: 'setup', isGood: isGood('setup'), subject: null },
    { id: 'devices', isGood: isGood('devices'), subject: null },
    { id: 'platform', isGood: connection === 'connected' || isGood('platform'), subject: host },
    { id: 'signed-in', isGood: connection === 'connected', subject: organisation },
    ...(rivals === null ? [] : [{ id: 'rivals', isGood: rivals.length === 0, subject: rivals[0] ?? null } as const]),
  ];
}
