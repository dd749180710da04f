import type { LogFields, LogLevel } from '../../ports/log.ts';
import { FieldCleaner, type Plain } from './fields.ts';
import type { SecretFilter } from './secrets.ts';

const maxMessageLength = 8000;
/** All fields of a line together, in characters of JSON. */
const maxFieldsLength = 32_000;

/** One line of the log, clean of secrets. */
export interface LogLine {
  readonly time: string;
  readonly level: LogLevel;
  readonly component: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, Plain>>;
}

const ownNames: readonly string[] = ['time', 'level', 'component', 'message'];

/** Fields in their order as long as there is room; the names of those that had none. */
function fitting(fields: LogFields, filter: SecretFilter): Readonly<Record<string, Plain>> {
  const plain = new FieldCleaner(filter).clean(fields);
  if (typeof plain !== 'object' || plain === null) return { fields: plain };
  const kept: [string, Plain][] = [];
  const leftOut: string[] = [];
  let room = maxFieldsLength;
  for (const [name, value] of Object.entries<Plain>(plain)) {
    const size = JSON.stringify(value).length + name.length;
    if (size > room) leftOut.push(name);
    else {
      room -= size;
      kept.push([ownNames.includes(name) ? `${name}_` : name, value]);
    }
  }
  return Object.fromEntries(leftOut.length === 0 ? kept : [...kept, ['leftOut', leftOut]]);
}

export function logLine(
  entry: { readonly time: number; readonly level: LogLevel; readonly component: string; readonly message: string; readonly fields: LogFields },
  filter: SecretFilter,
): LogLine {
  const { level } = entry;
  const component = filter.clean(entry.component, 100);
  const message = filter.clean(entry.message, maxMessageLength);
  return { time: new Date(entry.time).toISOString(), level, component, message, fields: fitting(entry.fields, filter) };
}

/** `{"time":…,"level":…,"component":…,"message":…, fields…}`; a field of one of these names gets an underscore after it. */
export function jsonText({ time, level, component, message, fields }: LogLine): string {
  return JSON.stringify({ time, level, component, message, ...fields });
}

/** `2026-11-22T08:00:00.000Z WARN mqtt: message {"field":1}`, free of control characters, so that no message can forge a line or drive a terminal. */
export function consoleText({ time, level, component, message, fields }: LogLine): string {
  const tail = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
  const text = `${time} ${level.toUpperCase()} ${component}: ${message}${tail}`;
  return text.replaceAll(/\p{Cc}/gu, (character) =>
    JSON.stringify(character)
      .slice(1, -1)
      .replace(/^[\u007f-\u009f]$/, ' '),
  );
}
