import type { LocalState } from '@jpd/agent/local';
import type { AgentState, AppState, Pairing, Preferences } from '../../bridge/index.ts';
import { deviceViews } from './devices.ts';
import { policyView, statusView } from './status.ts';

/** What is known of the agent: how its program is, and what it said last (null until it said something, and while none works). */
export interface KnownAgent {
  readonly process: AgentState;
  readonly local: LocalState | null;
}

/** What main itself adds. */
export interface OwnState {
  /** Of the app. */
  readonly version: string;
  readonly preferences: Preferences;
  /** Null where no pairing is open. */
  readonly pairing: Pairing | null;
}

/** All that a window shows, of what the agent says and what main knows. Pure. */
export function appStateOf({ process, local }: KnownAgent, { version, preferences, pairing }: OwnState): AppState {
  return {
    version,
    agent: process,
    status: statusView(process, local),
    policy: policyView(local),
    preferences,
    devices: local ? deviceViews(local) : [],
    pairing,
  };
}
