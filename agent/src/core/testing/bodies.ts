import type { BodyOf } from '../../contract/index.ts';

/** A policy that collects everything and applies at the next login, but for `change`. */
export function policyOf(revision: number, change: Partial<BodyOf<'policy'>> = {}): BodyOf<'policy'> {
  return {
    revision,
    metadata: { userName: true, computer: true, location: true },
    applySettings: 'next-login',
    endUserSettings: 'allowed',
    postponeLimit: 3,
    logLevel: 'info',
    revoked: false,
    ...change,
  };
}

type DesiredBody = BodyOf<'desired'>;

/** Desired settings, unlocked where only a value is given, with firmware left alone. */
export function desiredOf(
  revision: number,
  settings: Readonly<Record<string, DesiredBody['settings'][string] | DesiredBody['settings'][string]['value']>>,
): DesiredBody {
  return {
    revision,
    source: { kind: 'configuration', id: 'cfg-1', name: 'Contact centre' },
    settings: Object.fromEntries(
      Object.entries(settings).map(([key, setting]) => [key, typeof setting === 'object' ? setting : { value: setting, locked: false }]),
    ),
    firmware: { management: 'unmanaged' },
  };
}
