import { DecodeError, type DeviceError, type SettingKey, type SettingOutcome } from '@jpd/protocol';
import type { SettingError } from '../../contract/index.ts';

function codeOf(error: DeviceError | DecodeError): SettingError['code'] {
  // The value is one of the setting, but too long for the device's packet.
  if (error instanceof DecodeError) return 'invalid-value';
  if (error.code === 'timeout' || error.code === 'malformed') return 'device-timeout';
  if (error.reason === 'unknown-command' || error.reason === 'unknown-subcommand' || error.code === 'unsupported') return 'not-supported';
  return 'device-rejected';
}

/** What the platform is told of the settings that the device refused. */
export function outcomeErrors(outcomes: ReadonlyMap<SettingKey, SettingOutcome>): SettingError[] {
  return [...outcomes].flatMap(([key, outcome]) =>
    outcome.status === 'refused' ? [{ key, code: codeOf(outcome.error), message: outcome.error.message }] : [],
  );
}
