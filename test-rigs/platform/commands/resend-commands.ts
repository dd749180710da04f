import { and, asc, eq, gt } from 'drizzle-orm';

import type { ClientRef } from '../client-ref.ts';
import { commands } from '../database/schema.ts';
import type { Work } from '../work/work.ts';
import { commandMessage } from './command-messages.ts';

/** Sends what a client hasn't answered yet once more: the broker's session may be gone, on either side of the command. */
export async function resendCommands(work: Work, { organizationId, clientId }: ClientRef): Promise<void> {
  const rows = await work.tx
    .select()
    .from(commands)
    .where(
      and(
        eq(commands.organizationId, organizationId),
        eq(commands.clientId, clientId),
        eq(commands.status, 'sent'),
        gt(commands.expiresAt, work.now),
      ),
    )
    .orderBy(asc(commands.createdAt));
  for (const row of rows) work.send(commandMessage(row, work.now));
}
