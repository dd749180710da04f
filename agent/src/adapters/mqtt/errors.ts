import type { ConnectFailure } from '../../ports/index.ts';

/** Why an attempt ended without a connection. Its message is shown to people: no secret may be in it. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly code: ConnectFailure['kind'];
  /** CONNACK reason code. */
  readonly reasonCode: number | null;
  readonly retryAfterMs: number | null;

  constructor(code: ConnectFailure['kind'], message: string, details: { reasonCode?: number; retryAfterMs?: number | null; cause?: unknown } = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.reasonCode = details.reasonCode ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

export type LinkErrorCode =
  /** The connection ended before the answer came. */
  | 'closed'
  /** The broker answered with a reason code that refuses. */
  | 'refused'
  /** Larger than the broker takes (5). */
  | 'too-large'
  /** Not a topic that can be published to. */
  | 'invalid-topic';

/** A publish or subscribe that wasn't done. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: LinkErrorCode;
  /** (5) PUBACK or SUBACK reason code; 0x80 from a 3.1.1 SUBACK. */
  readonly reasonCode: number | null;

  constructor(code: LinkErrorCode, message: string, details: { reasonCode?: number | null; cause?: unknown } = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.reasonCode = details.reasonCode ?? null;
  }
}

/** The peer sent something that MQTT forbids; the connection can't go on. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: 'not-mqtt' | 'malformed';

  constructor(code: 'not-mqtt' | 'malformed', message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
