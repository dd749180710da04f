import type { Clock, HidPort, OperatorMapping } from '@jpd/protocol';
import type {
  ClientKeys,
  DiagnosticsSource,
  Entropy,
  Host,
  HttpClient,
  LocalTimeAt,
  Log,
  PackageStore,
  PlatformLink,
  SecretStore,
  SentLog,
  Store,
} from '../ports/index.ts';
import type { OwnNames } from './privacy/scrubber.ts';

/** The configuration as far as the core needs it. */
export interface AgentSettings {
  readonly organizationId: string;
  readonly enrollmentToken: string | null;
  readonly clientName: string | null;
  readonly clientVersion: string;
  readonly brokerUrl: string;
  /** Where the platform gives each client a credential of its own; null for a bare broker. */
  readonly apiUrl: string | null;
  readonly mode: 'personal' | 'room';
  readonly tls: { readonly caFile: string | null; readonly certFile: string | null; readonly keyFile: string | null };
  readonly reconnect: { readonly minMs: number; readonly maxMs: number };
  readonly loginSessionId: string;
  readonly operatorMappings: readonly OperatorMapping[];
  readonly ownNames: OwnNames;
  /** There is a user interface: people are asked before firmware is installed. Default: nobody is. */
  readonly attended?: boolean;
}

export interface AgentPorts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly host: Host;
  readonly store: Store;
  /** What this client logs in with. */
  readonly secrets: SecretStore;
  readonly keys: ClientKeys;
  readonly hid: HidPort;
  /** For the outlet only (core/privacy). */
  readonly link: PlatformLink;
  readonly sentLog: SentLog;
  readonly http: HttpClient;
  readonly localTime: LocalTimeAt;
  /** Without one no firmware is installed. */
  readonly packages?: PackageStore;
  /** Without one the command `collect-diagnostics` is not supported. */
  readonly diagnostics?: DiagnosticsSource;
}
