import type { Presence } from '@jpd/agent/contract';
import { and, eq } from 'drizzle-orm';

import type { ClientRef } from '../client-ref.ts';
import { resendCommands } from '../commands/resend-commands.ts';
import { clientDevices, clients } from '../database/schema.ts';
import { reconcileDevice } from '../desired/publish-desired.ts';
import type { Work } from '../work/work.ts';
import type { ClientRow } from './client-rows.ts';
import { findClient, isClient } from './client-rows.ts';

/** Who may touch the firmware of a device depends on who is online. */
async function reconcileDevicesOf(work: Work, { organizationId, clientId }: ClientRef): Promise<void> {
  const rows = await work.tx
    .select({ deviceId: clientDevices.deviceId })
    .from(clientDevices)
    .where(and(eq(clientDevices.organizationId, organizationId), eq(clientDevices.clientId, clientId)));
  for (const { deviceId } of rows) await reconcileDevice(work, organizationId, deviceId);
}

async function believe(work: Work, client: ClientRow, presence: Presence): Promise<void> {
  const shutOut = presence.reason === 'revoked' && client.revokedAt !== null && client.revokedSeenAt === null;
  await work.tx
    .update(clients)
    .set({
      presenceState: presence.state,
      presenceReason: presence.reason,
      presenceAt: work.now,
      sessionId: presence.sessionId,
      lostSince: null,
      ...(shutOut ? { revokedSeenAt: work.now } : {}),
    })
    .where(isClient(client));
  if (shutOut) work.note({ kind: 'client-shut-out', client: { organizationId: client.organizationId, clientId: client.clientId } });
  if (client.presenceState !== presence.state) await reconcileDevicesOf(work, client);
  if (presence.state === 'online') await resendCommands(work, client);
}

/**
 * A will says when the connection began, not when it ended: it counts against the session that it names only.
 * @param believeAtOnce the broker delayed the will itself
 */
export async function applyPresence(work: Work, client: ClientRow, presence: Presence, believeAtOnce: boolean): Promise<void> {
  const lost = presence.state === 'offline' && presence.reason === 'connection-lost';
  if (!lost || client.presenceState !== 'online') {
    // A late will must not undo what the agent said itself (`shutdown`, `sleep`, `revoked`).
    if (lost && client.presenceState === 'offline' && client.sessionId === presence.sessionId) return;
    await believe(work, client, presence);
    return;
  }
  if (client.sessionId !== presence.sessionId) return;
  if (believeAtOnce) {
    await believe(work, client, presence);
    return;
  }
  if (client.lostSince === null) await work.tx.update(clients).set({ lostSince: work.now }).where(isClient(client));
  const { organizationId, clientId } = client;
  work.note({ kind: 'connection-lost', client: { organizationId, clientId }, since: client.lostSince ?? work.now });
}

/** The wait for a `connection-lost` is over. Nothing happens where the client was heard in between. */
export async function believeConnectionLost(work: Work, ref: ClientRef, since: number): Promise<void> {
  const client = await findClient(work.tx, ref);
  if (client === null || client.lostSince !== since) return;
  await work.tx
    .update(clients)
    .set({ presenceState: 'offline', presenceReason: 'connection-lost', presenceAt: work.now, lostSince: null })
    .where(isClient(ref));
  await reconcileDevicesOf(work, ref);
}
