import { settingValueSchema } from '@jpd/agent/contract';
import type { SettingValue } from '@jpd/agent/contract';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';

/** The options of every command that asks the platform. */
export function withTarget(command: Command): Command {
  return command
    .option('--data <folder>', 'data folder of a platform on this machine')
    .option('--url <url>', 'address of its HTTP API (JABRA_PLATFORM_URL)')
    .option('--token <token>', 'admin token (JABRA_PLATFORM_TOKEN)')
    .option('--json', 'print one JSON document');
}

/** A parser of whole numbers for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

export function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** JSON where it is one (`true`, `-3`, `"3"`), else the text itself. */
export function parseValue(text: string): SettingValue {
  try {
    return settingValueSchema.parse(JSON.parse(text));
  } catch {
    return text;
  }
}

/** `KEY=VALUE`, or null. */
export function parseAssignment(text: string): { readonly key: string; readonly value: string } | null {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  return key === undefined || value === undefined ? null : { key, value };
}
