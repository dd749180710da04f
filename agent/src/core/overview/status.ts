import type { PolicyRules } from '../../contract/index.ts';
import type { MetadataGates } from '../privacy/gates.ts';

/** How this PC stands with the platform. */
export type ConnectionState = 'connected' | 'not-connected' | 'not-authorised' | 'revoked' | 'not-set-up';

export interface StatusInput {
  readonly brokerUrl: string;
  readonly isRevoked: boolean;
  /** Unix milliseconds; absent where it wasn't noted. */
  readonly revokedAt: number | undefined;
  readonly contact: { readonly isConnected: boolean; readonly isRefused: boolean; readonly lastAt: number | null };
  /** Whether there is anything to log in with. */
  readonly hasLogin: boolean;
  /** Why no connection is tried yet. */
  readonly holdUp: { readonly nextTryAt: number; readonly isRefused: boolean } | null;
  /** Of the next connection, Unix milliseconds. */
  readonly nextTryAt: number | null;
  /** Events that wait for their acknowledgement. */
  readonly queued: number;
}

/** What a person is told of the way to the platform. Times are Unix milliseconds. */
export interface StatusOverview {
  readonly connection: ConnectionState;
  readonly host: string;
  readonly isEncrypted: boolean;
  /** When something was last heard from the platform, over restarts to some minutes. */
  readonly lastContactAt: number | null;
  readonly nextTryAt: number | null;
  readonly revokedAt: number | null;
  /** Messages that wait on this PC. */
  readonly queued: number;
  /** What this process uses, of what it may; null where nobody measures it. */
  readonly usage: null;
  /** Other programs that manage the same devices; null where nobody looks for them. */
  readonly rivals: null;
}

/** The rules that a person sees the effect of. */
export interface PolicyOverview extends Pick<PolicyRules, 'endUserSettings' | 'allowQuit'> {
  readonly metadata: MetadataGates;
  readonly updateWindow: { readonly start: string; readonly end: string } | null;
}

function connectionOf({ isRevoked, contact, hasLogin, holdUp }: StatusInput): ConnectionState {
  if (isRevoked) return 'revoked';
  if (contact.isConnected) return 'connected';
  if (!hasLogin) return 'not-set-up';
  return (holdUp?.isRefused ?? contact.isRefused) ? 'not-authorised' : 'not-connected';
}

/** Host and port as in the URL, without user and password. */
const hostOf = (url: string): string => /^[a-z]+:\/\/(?:[^@/?#]*@)?([^/?#]*)/i.exec(url)?.[1] ?? '';

/** Pure. */
export function statusOf(input: StatusInput): StatusOverview {
  const connection = connectionOf(input);
  const isTrying = connection === 'not-connected' || connection === 'not-authorised';
  return {
    connection,
    host: hostOf(input.brokerUrl),
    isEncrypted: /^(?:wss|mqtts):/i.test(input.brokerUrl),
    lastContactAt: input.contact.lastAt,
    nextTryAt: isTrying ? (input.holdUp?.nextTryAt ?? input.nextTryAt) : null,
    revokedAt: input.isRevoked ? (input.revokedAt ?? null) : null,
    queued: input.queued,
    usage: null,
    rivals: null,
  };
}

export const policyOf = ({ endUserSettings, allowQuit, metadata, updateWindow }: PolicyRules): PolicyOverview => ({
  endUserSettings,
  allowQuit,
  metadata: { userName: metadata.userName, computer: metadata.computer, location: metadata.location },
  updateWindow: updateWindow ? { start: updateWindow.start, end: updateWindow.end } : null,
});
