import { eventSchema, eventTypes } from '@jpd/agent/contract';
import { Command, Option } from 'commander';
import { z } from 'zod';

import type { Query, TargetOptions } from './api-client.ts';
import { ApiClient } from './api-client.ts';
import type { CommandIo } from './io.ts';
import { answer } from './io.ts';
import { wholeNumber, withTarget } from './options.ts';
import { looseRow, table } from './table.ts';

interface EventsOptions extends TargetOptions {
  readonly client?: string;
  readonly device?: string;
  readonly type?: string;
  readonly after?: number;
  readonly limit?: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

const eventView = z.looseObject({ seq: z.number(), clientId: z.string(), receivedAt: z.string(), event: eventSchema });
type EventView = z.infer<typeof eventView>;
const page = z.object({ events: z.array(eventView), next: z.number() });

const longPollSeconds = 25;
const presetLimit = 100;
const pageSize = 1_000;

function row({ seq, clientId, event }: EventView): string[] {
  return [String(seq), event.at, event.type, 'deviceId' in event ? event.deviceId : '-', clientId, JSON.stringify(event.data)];
}

const head = ['SEQ', 'AT', 'TYPE', 'DEVICE', 'CLIENT', 'DATA'];

async function follow(api: ApiClient, options: EventsOptions, filter: Query, show: (event: EventView) => void, signal: AbortSignal): Promise<void> {
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  let after = options.after ?? (await api.get('/events', page, { ...filter, limit: 1 })).next;
  while (left > 0 && !signal.aborted) {
    const { events, next } = await api.get('/events', page, { ...filter, after, limit: Math.min(left, pageSize), waitSeconds: longPollSeconds });
    for (const event of events) show(event);
    left -= events.length;
    after = next;
  }
}

/** With `--json` still one document, written as it grows. */
async function followJson(api: ApiClient, options: EventsOptions, filter: Query, io: CommandIo): Promise<void> {
  let separator = '';
  const show = (event: EventView): void => {
    io.out(`${separator}${JSON.stringify(event)}`);
    separator = ',\n';
  };
  io.out('{"events":[\n');
  try {
    await follow(api, options, filter, show, io.signal);
  } finally {
    io.out('\n]}\n');
  }
}

async function followText(api: ApiClient, options: EventsOptions, filter: Query, io: CommandIo): Promise<void> {
  await follow(api, options, filter, (event) => io.out(`${looseRow(row(event))}\n`), io.signal);
}

export function eventsCommand(io: CommandIo): Command {
  return withTarget(new Command('events'))
    .description('list the newest events, oldest first, or wait for new ones')
    .option('--client <id>', 'only of this client')
    .option('--device <id>', 'only of this device')
    .addOption(new Option('--type <type>', 'only of this type').choices(eventTypes))
    .option('--after <seq>', 'only events after this one, the oldest first', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--limit <count>', 'at most this many; with --follow it ends then', wholeNumber(1, pageSize))
    .option('--follow', 'print new events as they come, until ended')
    .action(async (options: EventsOptions) => {
      const api = await ApiClient.for(options, io);
      const filter: Query = { clientId: options.client, deviceId: options.device, type: options.type };
      if (options.follow === true) {
        await (options.json === true ? followJson : followText)(api, options, filter, io).catch((error: unknown) => {
          // Ended by whoever follows: that is how it ends.
          if (!io.signal.aborted) throw error;
        });
        return;
      }
      const found = await api.get('/events', page, { ...filter, after: options.after, limit: options.limit ?? presetLimit });
      answer(io, options.json, found, () => table(head, found.events.map(row), 'No events.'));
    });
}
