import { Command } from 'commander';
import { z } from 'zod';

import type { TargetOptions } from './api-client.ts';
import { ApiClient } from './api-client.ts';
import type { CommandIo } from './io.ts';
import { answer, UsageError } from './io.ts';
import { collect, parseAssignment, parseValue, wholeNumber, withTarget } from './options.ts';

interface PublishOptions extends TargetOptions {
  readonly device: string;
  readonly set: readonly string[];
  readonly lock: readonly string[];
  readonly unlock: readonly string[];
  readonly unset: readonly string[];
  readonly firmwareVersion?: string;
  readonly packageUrl?: string;
  readonly sha256?: string;
  readonly size?: number;
  readonly allowDowngrade?: boolean;
  readonly keepUpdated?: boolean;
  readonly unmanaged?: boolean;
  readonly forget?: boolean;
  readonly json?: boolean;
}

const desiredView = z.looseObject({
  deviceId: z.string(),
  revision: z.number(),
  state: z.enum(['active', 'forgetting']),
  settings: z.record(z.string(), z.object({ value: z.unknown(), locked: z.boolean() })),
  firmware: z.looseObject({ management: z.string(), version: z.string().optional() }),
  publishedTo: z.array(z.looseObject({ clientId: z.string() })),
});
type DesiredView = z.infer<typeof desiredView>;

interface SettingChange {
  value?: unknown;
  locked?: boolean;
}

function settingChanges({ set, lock, unlock, unset }: PublishOptions, problems: string[]): Record<string, SettingChange> {
  const changes = new Map<string, SettingChange>();
  for (const text of set) {
    const assignment = parseAssignment(text);
    if (assignment === null) problems.push(`--set takes KEY=VALUE, not ${JSON.stringify(text)}`);
    else changes.set(assignment.key, { value: parseValue(assignment.value) });
  }
  for (const key of lock) changes.set(key, { ...changes.get(key), locked: true });
  for (const key of unlock) {
    if (lock.includes(key)) problems.push(`${key} is to be locked and unlocked`);
    changes.set(key, { ...changes.get(key), locked: false });
  }
  for (const key of unset) if (changes.has(key)) problems.push(`${key} is to be set and unset`);
  return Object.fromEntries(changes);
}

function firmwareChange(options: PublishOptions, problems: string[]): Record<string, unknown> | undefined {
  const { firmwareVersion, packageUrl, sha256, size, allowDowngrade, keepUpdated, unmanaged } = options;
  const details = [packageUrl, sha256, size, allowDowngrade, keepUpdated];
  if (unmanaged === true) {
    if ([firmwareVersion, ...details].some((one) => one !== undefined)) problems.push('--unmanaged goes with no other option of the firmware');
    return { management: 'unmanaged' };
  }
  if (firmwareVersion === undefined) {
    if (details.some((one) => one !== undefined)) problems.push('a package and its options need --firmware-version');
    return undefined;
  }
  const given = [packageUrl, sha256, size].filter((one) => one !== undefined).length;
  if (given !== 0 && given !== 3) problems.push('--package-url, --sha256 and --size go together');
  return {
    management: 'managed',
    version: firmwareVersion,
    ...(keepUpdated === undefined ? {} : { keepUpdated }),
    ...(allowDowngrade === undefined ? {} : { allowDowngrade }),
    ...(given === 3 ? { package: { url: packageUrl, sha256, size } } : {}),
  };
}

function changeOf(options: PublishOptions): Record<string, unknown> {
  const problems: string[] = [];
  const settings = settingChanges(options, problems);
  const firmware = firmwareChange(options, problems);
  const empty = Object.keys(settings).length === 0 && options.unset.length === 0 && firmware === undefined;
  if (options.forget === true && !empty) problems.push('--forget goes with no other change');
  if (options.forget !== true && empty && problems.length === 0)
    problems.push('nothing to publish: give --set, --lock, --unlock, --unset, --firmware-version, --unmanaged or --forget');
  if (problems.length > 0) throw new UsageError(...problems);
  return { settings, unset: options.unset, ...(firmware === undefined ? {} : { firmware }) };
}

function lines({ deviceId, revision, state, settings, firmware, publishedTo }: DesiredView): string[] {
  const clients = publishedTo.map((one) => one.clientId).join(', ');
  const to = clients === '' ? 'no client has this device yet; it is published when one does' : `published to ${clients}`;
  const values = Object.entries(settings).map(([key, { value, locked }]) => `  ${key} = ${JSON.stringify(value)}${locked ? ' (locked)' : ''}`);
  const what =
    state === 'forgetting' ? [] : [...values, `  firmware ${firmware.management}${firmware.version === undefined ? '' : ` ${firmware.version}`}`];
  return [`${deviceId}: revision ${revision}${state === 'forgetting' ? ', being forgotten' : ''}; ${to}`, ...what];
}

export function publishCommand(io: CommandIo): Command {
  return withTarget(new Command('publish'))
    .description('change what is desired of a device, and publish it')
    .requiredOption('--device <id>', 'which device')
    .option('--set <key=value>', 'desire this value (JSON, else a string); repeatable', collect, [])
    .option('--lock <key>', 'lock this setting; repeatable', collect, [])
    .option('--unlock <key>', 'unlock this setting; repeatable', collect, [])
    .option('--unset <key>', 'desire nothing of this setting any more; repeatable', collect, [])
    .option('--firmware-version <version>', 'desire this firmware')
    .option('--package-url <url>', 'where its package is')
    .option('--sha256 <hex>', 'hash of the package')
    .option('--size <bytes>', 'size of the package', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--allow-downgrade', 'also where it is older than what is installed')
    .option('--keep-updated', 'mark that the version is moved along')
    .option('--unmanaged', 'leave the firmware alone')
    .option('--forget', 'desire nothing of the device any more')
    .action(async (options: PublishOptions) => {
      const change = changeOf(options);
      const api = await ApiClient.for(options, io);
      const path = `/devices/${encodeURIComponent(options.device)}/desired`;
      if (options.forget === true) {
        const { desired } = await api.send('DELETE', path, undefined, z.object({ desired: desiredView.nullable() }));
        answer(io, options.json, { desired }, () => (desired === null ? [`${options.device}: forgotten`] : lines(desired)));
        return;
      }
      const desired = await api.send('PATCH', path, change, desiredView);
      answer(io, options.json, { desired }, () => lines(desired));
    });
}
