import type { LocalArgs, LocalCallName, LocalResult, LocalState } from '@jpd/agent/local';
import type { AgentState } from '../../bridge/index.ts';

/** What is known of the agent: how its program is, and what it said last. */
export interface AgentView {
  readonly process: AgentState;
  /** Null until it said something, and while none works. */
  readonly local: LocalState | null;
}

/** The agent, as the rest of main knows it. */
export interface AgentPort {
  readonly view: AgentView;
  /** Returns what ends the subscription. */
  onChange(listener: (view: AgentView) => void): () => void;
  /** Rejects with `LocalError`, `closed` where no agent works. */
  call<N extends LocalCallName>(name: N, args: LocalArgs<N>): Promise<LocalResult<N>>;
}
