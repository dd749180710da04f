import { clientSchema } from '@jpd/agent/contract';
import { Command } from 'commander';
import { z } from 'zod';

import type { TargetOptions } from './api-client.ts';
import { ApiClient } from './api-client.ts';
import type { CommandIo } from './io.ts';
import { answer } from './io.ts';
import { withTarget } from './options.ts';
import { table } from './table.ts';

const clientView = z.looseObject({
  clientId: z.string(),
  presence: z.looseObject({ state: z.string(), reason: z.string(), at: z.string() }).nullable(),
  revocation: z.enum(['none', 'pending', 'done']),
  deviceIds: z.array(z.string()),
  document: clientSchema.nullable(),
});
type ClientView = z.infer<typeof clientView>;

const head = ['CLIENT', 'NAME', 'MODE', 'VERSION', 'STATE', 'SINCE', 'DEVICES', 'REVOKED'];

function row({ clientId, presence, revocation, deviceIds, document }: ClientView): string[] {
  const state = presence === null ? 'never heard' : `${presence.state} (${presence.reason})`;
  const revoked = { none: '', pending: 'not taken in yet', done: 'yes' }[revocation];
  const { clientName = '-', mode = '-', clientVersion = '-' } = document ?? {};
  return [clientId, clientName, mode, clientVersion, state, presence?.at ?? '-', String(deviceIds.length), revoked];
}

export function clientsCommand(io: CommandIo): Command {
  return withTarget(new Command('clients'))
    .description('list the desktop clients of the organisation')
    .action(async (options: TargetOptions & { json?: boolean }) => {
      const api = await ApiClient.for(options, io);
      const list = await api.get('/clients', z.object({ clients: z.array(clientView) }));
      answer(io, options.json, list, () => table(head, list.clients.map(row), 'No clients.'));
    });
}

export function revokeCommand(io: CommandIo): Command {
  return withTarget(new Command('revoke'))
    .description('revoke a client: it releases its locks, reports that, and never connects again')
    .requiredOption('--client <id>', 'which client')
    .action(async (options: TargetOptions & { client: string; json?: boolean }) => {
      const api = await ApiClient.for(options, io);
      const client = await api.send('POST', `/clients/${encodeURIComponent(options.client)}/revoke`, undefined, clientView);
      const words = client.revocation === 'done' ? 'is revoked' : 'is revoked and will be told as soon as it can be';
      answer(io, options.json, client, () => [`${client.clientId} ${words}.`]);
    });
}
