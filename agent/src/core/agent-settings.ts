import type { Clock, HidPort, OperatorMapping } from '@jpd/protocol';
import type { DiagnosticsSource, Entropy, Host, HttpClient, Log, PlatformLink, SentLog, Store } from '../ports/index.ts';
import type { OwnNames } from './privacy/scrubber.ts';

/** The configuration as far as the core needs it. */
export interface AgentSettings {
  readonly organizationId: string;
  readonly enrollmentToken: string | null;
  readonly clientName: string | null;
  readonly clientVersion: string;
  readonly brokerUrl: string;
  readonly mode: 'personal' | 'room';
  readonly tls: { readonly caFile: string | null; readonly certFile: string | null; readonly keyFile: string | null };
  readonly reconnect: { readonly minMs: number; readonly maxMs: number };
  readonly loginSessionId: string;
  readonly operatorMappings: readonly OperatorMapping[];
  readonly ownNames: OwnNames;
}

export interface AgentPorts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly host: Host;
  readonly store: Store;
  readonly hid: HidPort;
  /** For the outlet only (core/privacy). */
  readonly link: PlatformLink;
  readonly sentLog: SentLog;
  /** Without one nothing is uploaded. */
  readonly http?: HttpClient;
  /** Without one the command `collect-diagnostics` is not supported. */
  readonly diagnostics?: DiagnosticsSource;
}
