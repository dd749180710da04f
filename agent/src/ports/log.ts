export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Facts beside a message. Never secrets: adapters redact by key name as a second net. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** The policy may change it while the agent runs. */
  setLevel(level: LogLevel): void;
  /** The same log with `component` in every line. */
  child(component: string): Log;
}
