import type { BodyOf, SettingValue } from '@jpd/agent/contract';

/** A policy of the lab. */
export function policyBody(revision: number, applySettings: 'next-login' | 'immediately', metadata = true): BodyOf<'policy'> {
  return {
    revision,
    metadata: { userName: metadata, computer: metadata, location: metadata },
    applySettings,
    endUserSettings: 'allowed',
    postponeLimit: 3,
    logLevel: 'info',
    revoked: false,
  };
}

/** Desired settings of a device, all locked or all free; no firmware. */
export function desiredBody(revision: number, settings: Readonly<Record<string, SettingValue>>, locked: boolean): BodyOf<'desired'> {
  return {
    revision,
    source: { kind: 'device', id: 'lab', name: 'Lab' },
    settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, { value, locked }])),
    firmware: { management: 'unmanaged' },
  };
}
