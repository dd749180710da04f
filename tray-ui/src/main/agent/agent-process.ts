import type { LocalPipe } from '@jpd/agent/local';

/** The program of the agent, started. */
export interface AgentProcess {
  readonly pid: number | undefined;
  readonly pipe: LocalPipe;
  /** Called once, when it has ended; null where it was killed. */
  onExit(listener: (code: number | null) => void): void;
  /** Ends it without asking. */
  kill(): void;
}
