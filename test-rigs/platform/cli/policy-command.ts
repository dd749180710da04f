import { applySettingsModes, endUserSettingsModes, logLevels, weekdays } from '@jpd/agent/contract';
import { Command, Option } from 'commander';
import { z } from 'zod';

import { policyRulesSchema } from '../policy/policy-rules.ts';
import type { TargetOptions } from './api-client.ts';
import { ApiClient } from './api-client.ts';
import type { CommandIo } from './io.ts';
import { answer, UsageError } from './io.ts';
import { parseAssignment, wholeNumber, withTarget } from './options.ts';

interface PolicyOptions extends TargetOptions {
  readonly applySettings?: string;
  readonly endUserSettings?: string;
  readonly metadata?: string;
  readonly updateWindow?: string | false;
  readonly updateDays?: string;
  readonly postponeLimit?: number;
  readonly postponeHours?: number;
  readonly allowQuit?: string;
  readonly logLevel?: string;
  readonly json?: boolean;
}

const metadataGroups: readonly string[] = ['userName', 'computer', 'location'];
const answerSchema = z.object({ revision: z.number(), policy: policyRulesSchema });

function metadataOf(text: string, problems: string[]): Record<string, boolean> {
  const groups: Record<string, boolean> = {};
  for (const part of text.split(',')) {
    const { key, value } = parseAssignment(part) ?? { key: part, value: '' };
    if (!metadataGroups.includes(key) || !['on', 'off'].includes(value))
      problems.push(`--metadata takes GROUP=on|off with ${metadataGroups.join(', ')}, not ${JSON.stringify(part)}`);
    else groups[key] = value === 'on';
  }
  return groups;
}

function windowOf({ updateWindow, updateDays }: PolicyOptions, problems: string[]): unknown {
  if (updateDays !== undefined && typeof updateWindow !== 'string') problems.push('--update-days needs --update-window');
  if (updateWindow === undefined) return undefined;
  if (updateWindow === false) return null;
  const [, start, end] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(updateWindow) ?? [];
  if (start === undefined) problems.push(`--update-window takes HH:MM-HH:MM, not ${JSON.stringify(updateWindow)}`);
  const days = updateDays?.split(',');
  const unknown = days?.filter((day) => !weekdays.some((known) => known === day)) ?? [];
  if (unknown.length > 0) problems.push(`--update-days takes ${weekdays.join(',')}, not ${JSON.stringify(unknown.join(','))}`);
  return { start, end, ...(days === undefined ? {} : { days }) };
}

/** Null where nothing is to be changed. */
function changeOf(options: PolicyOptions): Record<string, unknown> | null {
  const problems: string[] = [];
  const { applySettings, endUserSettings, metadata, postponeLimit, postponeHours, allowQuit, logLevel } = options;
  const change = {
    applySettings,
    endUserSettings,
    metadata: metadata === undefined ? undefined : metadataOf(metadata, problems),
    updateWindow: windowOf(options, problems),
    postponeLimit,
    postponeHours,
    allowQuit: allowQuit === undefined ? undefined : allowQuit === 'on',
    logLevel,
  };
  if (problems.length > 0) throw new UsageError(...problems);
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return given.length === 0 ? null : Object.fromEntries(given);
}

function lines({ revision, policy }: z.infer<typeof answerSchema>): string[] {
  const { metadata, updateWindow, ...rest } = policy;
  const on = (value: boolean): string => (value ? 'on' : 'off');
  const window = updateWindow === undefined ? 'any time' : `${updateWindow.start}-${updateWindow.end} ${updateWindow.days?.join(',') ?? 'every day'}`;
  return [
    `revision ${revision}`,
    `metadata: user name ${on(metadata.userName)}, computer ${on(metadata.computer)}, location ${on(metadata.location)}`,
    `settings apply: ${rest.applySettings}; settings for end users: ${rest.endUserSettings}; quitting ${rest.allowQuit ? 'allowed' : 'not allowed'}`,
    `firmware: ${window}; postponed at most ${rest.postponeLimit} times by ${rest.postponeHours} hours`,
    `log level ${rest.logLevel}`,
  ];
}

export function policyCommand(io: CommandIo): Command {
  return withTarget(new Command('policy'))
    .description("show the organisation's policy, or change what is named")
    .addOption(new Option('--apply-settings <when>').choices(applySettingsModes))
    .addOption(new Option('--end-user-settings <mode>').choices(endUserSettingsModes))
    .option('--metadata <groups>', 'for instance userName=off,computer=on,location=on')
    .option('--update-window <times>', 'firmware only in these hours, for instance 22:00-05:30')
    .option('--no-update-window', 'firmware at any time')
    .option('--update-days <days>', 'the window only on these days, for instance mon,tue')
    .option('--postpone-limit <times>', 'how often a user may put firmware off', wholeNumber(0, 1_000))
    .option('--postpone-hours <hours>', 'by how long', wholeNumber(1, 10_000))
    .addOption(new Option('--allow-quit <on|off>', 'whether users may end the client').choices(['on', 'off']))
    .addOption(new Option('--log-level <level>').choices(logLevels))
    .action(async (options: PolicyOptions) => {
      const change = changeOf(options);
      const api = await ApiClient.for(options, io);
      const current = change === null ? await api.get('/policy', answerSchema) : await api.send('PATCH', '/policy', change, answerSchema);
      answer(io, options.json, current, () => lines(current));
    });
}
