import { ReasonCodes } from 'mqtt';
import type { ConnectFailure, MqttVersion } from '../../ports/index.ts';

/** MQTT 5 section 3.2.2.2 */
const UNSUPPORTED_PROTOCOL_VERSION = 0x84;
const NOT_AUTHORIZED_5: readonly number[] = [0x86, 0x87, 0x8a];

/** MQTT 3.1.1 table 3.1 */
const UNACCEPTABLE_PROTOCOL_VERSION = 1;
const NOT_AUTHORIZED_3: readonly number[] = [4, 5];

/** What an answer to CONNECT says; `code` is its reason code (5) or return code (3.1.1). */
export interface Connack {
  readonly version: MqttVersion;
  readonly code: number;
  /** Two bytes, so without the properties that version 5 requires: the answer of a broker that speaks 3.1.1 only, whatever it was asked. */
  readonly short: boolean;
}

/** The kind of failure, or null where the CONNACK accepts. */
export function refusalKind({
  version,
  code,
  short,
}: Connack): Extract<ConnectFailure['kind'], 'unsupported-version' | 'not-authorized' | 'refused'> | null {
  // A broker that took a version 5 CONNECT for one of 3.1.1 has misread it.
  if (version === 5 && short && code === 0) return 'unsupported-version';
  if (code === 0) return null;
  if (code === UNACCEPTABLE_PROTOCOL_VERSION || (version === 5 && code === UNSUPPORTED_PROTOCOL_VERSION)) return 'unsupported-version';
  // A broker of 3.1.1 may refuse a version 5 CONNECT with one of its own codes (in version 5 none below 0x80 refuses).
  const unauthorized = version === 5 ? [...NOT_AUTHORIZED_5, ...NOT_AUTHORIZED_3] : NOT_AUTHORIZED_3;
  return unauthorized.includes(code) ? 'not-authorized' : 'refused';
}

/** The standard's name of a reason code, for people. */
export function describeReason(code: number): string {
  const names: Readonly<Record<number, string | undefined>> = ReasonCodes;
  return `${names[code] ?? 'unknown reason'} (0x${code.toString(16).padStart(2, '0')})`;
}
