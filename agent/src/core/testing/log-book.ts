import type { Log, LogFields, LogLevel } from '../../ports/index.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** Collects lines; `error` lines are what a test may want to see none of. */
export class LogBook implements Log {
  readonly lines: LogLine[] = [];
  /** What the policy last asked for. */
  level: LogLevel | null = null;

  get errors(): readonly LogLine[] {
    return this.lines.filter(({ level }) => level === 'error');
  }

  error(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'error', message, fields });
  }

  warn(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  info(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'info', message, fields });
  }

  debug(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'debug', message, fields });
  }

  setLevel(level: LogLevel): void {
    this.level = level;
  }

  child(): Log {
    return this;
  }
}
