import { timestamp } from '@jpd/agent/contract';
import type { Clock } from '@jpd/protocol';

type Level = 'info' | 'warn' | 'error';
export type Fields = Readonly<Record<string, unknown>>;

/** One line an entry. Secrets and payloads never go in. */
export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

export function lineLog(clock: Clock, write: (line: string) => void): Log {
  const entry =
    (level: Level) =>
    (message: string, fields?: Fields): void => {
      // Fields are written as JSON, which also keeps line breaks in foreign text from forging entries.
      const facts = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
      write(`${timestamp(clock.now())} ${level} ${message}${facts}`);
    };
  return { info: entry('info'), warn: entry('warn'), error: entry('error') };
}
