import type { BodyOf, TopicKind, topicRules } from '../../contract/index.ts';
import type { CancelSignal } from '@jpd/protocol';
import type { ConnectFailure, ConnectOptions, PlatformConnection } from '../../ports/index.ts';

/** Kinds of topics on which the agent speaks. */
export type AgentKind = { [K in TopicKind]: (typeof topicRules)[K]['from'] extends 'agent' ? K : never }[TopicKind];

/** Something to tell, before it is looked through, stamped and made text. A null body deletes what is retained. */
export type Outgoing = {
  readonly [K in AgentKind]: {
    readonly kind: K;
    /** Full topic: the kind's own, or the response topic of a command. */
    readonly topic: string;
    readonly body: BodyOf<K> | null;
    /** Of the command that is answered (5). */
    readonly correlationData?: Uint8Array;
  };
}[AgentKind];

/** An accepted connection on which nothing can be said but what the outlet lets out. */
export interface OutletConnection extends Pick<PlatformConnection, 'sessionPresent' | 'subscribe' | 'onMessage' | 'onClosed' | 'end'> {
  /** Resolves with the PUBACK; rejects if the connection ends first, if the broker refuses the message (5), or if it is too large. */
  publish(message: Outgoing): Promise<void>;
}

export interface OutletConnectOptions extends Omit<ConnectOptions, 'will'> {
  readonly will: Outgoing;
}

export type OutletConnectResult =
  { readonly accepted: true; readonly connection: OutletConnection } | { readonly accepted: false; readonly failure: ConnectFailure };

/** The core's way to the platform; `Outlet` makes it of the port. */
export interface OutletLink {
  connect(options: OutletConnectOptions, signal: CancelSignal): Promise<OutletConnectResult>;
}
