import { commandTypes, resultSchema } from '@jpd/agent/contract';
import { Command } from 'commander';
import { z } from 'zod';

import type { TargetOptions } from './api-client.ts';
import { ApiClient } from './api-client.ts';
import type { CommandIo } from './io.ts';
import { answer, CommandFailure, UsageError } from './io.ts';
import { wholeNumber, withTarget } from './options.ts';

interface CommandOptions extends TargetOptions {
  readonly client?: string;
  readonly device?: string;
  readonly type: string;
  readonly params?: string;
  readonly expires?: number;
  readonly wait?: number | true;
  readonly json?: boolean;
}

const commandView = z.looseObject({
  id: z.string(),
  clientId: z.string(),
  type: z.string(),
  status: z.enum(['sent', 'accepted', 'running', 'succeeded', 'failed', 'rejected', 'expired']),
  result: resultSchema.nullable(),
});
type CommandView = z.infer<typeof commandView>;

const longPollSeconds = 25;
const presetWaitSeconds = 300;
const finalStatuses: ReadonlySet<string> = new Set(['succeeded', 'failed', 'rejected', 'expired']);

function paramsOf(text: string | undefined): unknown {
  if (text === undefined) return {};
  try {
    return z.record(z.string(), z.json()).parse(JSON.parse(text));
  } catch {
    throw new UsageError('--params takes a JSON object');
  }
}

async function waitForEnd(api: ApiClient, id: string, seconds: number): Promise<CommandView> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const left = Math.max(0, (deadline - performance.now()) / 1_000);
    const command = await api.get(`/commands/${id}`, commandView, { waitSeconds: Math.min(left, longPollSeconds) });
    if (finalStatuses.has(command.status) || performance.now() >= deadline) return command;
  }
}

function lines({ id, clientId, type, status, result }: CommandView): string[] {
  const error = result?.error === undefined ? '' : `: ${result.error.code}, ${result.error.message}`;
  const data = result?.data === undefined ? [] : [JSON.stringify(result.data)];
  return [`${id} ${type} at ${clientId}: ${status}${error}`, ...data];
}

export function commandCommand(io: CommandIo): Command {
  return withTarget(new Command('command'))
    .description('send a command to a client')
    .option('--client <id>', 'which client; else the one that has the device')
    .option('--device <id>', 'which device')
    .requiredOption('--type <type>', commandTypes.join(', '))
    .option('--params <json>', 'a JSON object')
    .option('--expires <seconds>', 'how long it may be run', wholeNumber(1, 604_800))
    .option('--wait [seconds]', `wait for how it ends, ${presetWaitSeconds} s where no time is given`, wholeNumber(1, 604_800))
    .action(async (options: CommandOptions) => {
      const { client, device, type, expires, wait } = options;
      if (client === undefined && device === undefined) throw new UsageError('a command needs --client or --device');
      const params = paramsOf(options.params);
      const api = await ApiClient.for(options, io);
      const sent = await api.send('POST', '/commands', { clientId: client, deviceId: device, type, params, expiresInSeconds: expires }, commandView);
      const command = wait === undefined ? sent : await waitForEnd(api, sent.id, wait === true ? presetWaitSeconds : wait);
      answer(io, options.json, command, () => lines(command));
      if (wait !== undefined && command.status !== 'succeeded') {
        throw new CommandFailure(
          finalStatuses.has(command.status) ? `the command ended as ${command.status}` : 'the command was not answered in time',
        );
      }
    });
}
