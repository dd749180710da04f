import { Writable } from 'node:stream';

import type { Clock } from '@jpd/protocol';
import winston from 'winston';

import type { Log, LogFields, LogLevel } from '../../ports/log.ts';
import { consoleText, jsonText, logLine } from './line.ts';
import { RotatingFile } from './rotating-file.ts';
import { SecretFilter } from './secrets.ts';

export interface LogOptions {
  /** Folder of the log files, made if need be; null: no files. */
  readonly folder: string | null;
  readonly level: LogLevel;
  /** Values that never appear in the log, in no encoding. More come with `addSecret`. */
  readonly secrets: readonly string[];
  /** Where people read along, standard error as a rule; null: nowhere. Standard output is for answers only. */
  readonly console: Writable | null;
  readonly fileName?: string;
  readonly maxFileBytes?: number;
  readonly maxFiles?: number;
  readonly clock?: Pick<Clock, 'now' | 'monotonic'>;
}

export interface AgentLog extends Log {
  /** Resolves when every line so far is written, or given up; before the process ends. */
  flush(): Promise<void>;
  /** From now on `value` is taken out of every line. */
  addSecret(value: string): void;
}

const levels: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** A console whose reader has stopped reading loses lines rather than fill the memory. */
const maxConsoleBacklogBytes = 1_000_000;
const consoleFlushMs = 1000;

/** A stream for winston that hands over complete lines and knows how many have come. */
function lineSink(take: (line: string) => void) {
  let arrived = 0;
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      take(line);
      arrived += 1;
      for (const { count, resolve } of waiting) if (arrived >= count) resolve();
      waiting = waiting.filter(({ count }) => arrived < count);
      done();
    },
  });
  const reached = (count: number) => new Promise<void>((resolve) => (arrived >= count ? resolve() : waiting.push({ count, resolve })));
  return { stream, reached };
}

/** Waits until `stream` has taken what was written, but not for a reader that has stopped. */
function drained(stream: Writable): Promise<void> {
  if (stream.destroyed || stream.writableEnded || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, consoleFlushMs);
    stream.write('', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * The log of the agent: JSON lines in files that rotate, readable lines on the console. Secrets are taken out before a line goes anywhere. A log
 * that cannot be written is said so once on the console; it never throws and never ends the process.
 */
export function createLog(options: LogOptions): AgentLog {
  const { folder, console, fileName = 'jabra-agent.log', maxFileBytes = 5_000_000, maxFiles = 5 } = options;
  const clock = options.clock ?? { now: () => Date.now(), monotonic: () => performance.now() };
  const filter = new SecretFilter(options.secrets);
  let current = options.level;
  let submitted = 0;

  const say = (line: string) => {
    if (console?.writable && console.writableLength < maxConsoleBacklogBytes) console.write(line);
  };
  // A closed pipe (EPIPE) is an event that would end the process if nobody listened.
  console?.on('error', () => undefined);

  const onTrouble = (error: unknown) => {
    const message = 'The log file cannot be written; until it can, lines go to the console only';
    say(`${consoleText(logLine({ time: clock.now(), level: 'warn', component: 'log', message, fields: { folder, error } }, filter))}\n`);
  };
  const file =
    folder === null
      ? null
      : new RotatingFile({
          folder,
          fileName,
          maxFileBytes,
          maxFiles,
          clock,
          onTrouble,
          onRecovery: (lost) => write('warn', 'log', 'Lines are missing in the log file: it could not be written, or they came too fast', { lost }),
        });
  const sinks = [
    ...(file ? [{ ...lineSink((line) => file.append(line)), text: 'json' }] : []),
    ...(console ? [{ ...lineSink(say), text: 'console' }] : []),
  ];
  const logger = winston.createLogger({
    levels: { ...levels },
    level: 'debug',
    silent: sinks.length === 0,
    transports: sinks.map(
      ({ stream, text }) =>
        new winston.transports.Stream({ stream, eol: '\n', level: 'debug', format: winston.format.printf((info) => String(info[text])) }),
    ),
  });

  function write(level: LogLevel, component: string, message: string, fields: LogFields = {}): void {
    if (levels[level] > levels[current] || sinks.length === 0) return;
    const line = logLine({ time: clock.now(), level, component, message, fields }, filter);
    submitted += 1;
    logger.log({ level, message: '', json: jsonText(line), console: consoleText(line) });
  }

  const logOf = (component: string): Log => ({
    error: (message, fields) => write('error', component, message, fields),
    warn: (message, fields) => write('warn', component, message, fields),
    info: (message, fields) => write('info', component, message, fields),
    debug: (message, fields) => write('debug', component, message, fields),
    setLevel: (level) => {
      current = level;
    },
    child: (name) => logOf(component === 'agent' ? name : `${component}.${name}`),
  });

  return {
    ...logOf('agent'),
    addSecret: (value) => filter.add(value),
    flush: async () => {
      const count = submitted;
      await Promise.all(sinks.map(({ reached }) => reached(count)));
      await file?.flush();
      if (console) await drained(console);
    },
  };
}
