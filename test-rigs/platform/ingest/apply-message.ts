import type { ClientRef } from '../client-ref.ts';
import { enrolledClient, findClient } from '../clients/client-rows.ts';
import type { ClientRow } from '../clients/client-rows.ts';
import { applyClientDocument } from '../clients/clients.ts';
import { applyPresence } from '../clients/presence.ts';
import { applyResult } from '../commands/commands.ts';
import { applyDeviceDocument, removeClientDevice } from '../devices/device-documents.ts';
import { applyEvent } from '../events/events.ts';
import type { Work } from '../work/work.ts';
import type { AgentMessage } from './read-message.ts';

/** What became of a valid message. */
export type Outcome = 'applied' | 'outdated' | 'unknown-client' | 'unknown-command' | 'revoked';

async function applyFrom(work: Work, client: ClientRow, message: AgentMessage): Promise<Outcome> {
  switch (message.kind) {
    case 'presence':
      await applyPresence(work, client, message.presence, message.believeAtOnce);
      return 'applied';
    case 'client':
      await applyClientDocument(work, client, message.document);
      return 'applied';
    case 'device':
      return (await applyDeviceDocument(work, client, message.document)) ? 'applied' : 'outdated';
    case 'device-forgotten':
      await removeClientDevice(work, client, message.deviceId);
      return 'applied';
    case 'event':
      await applyEvent(work, client, message.event);
      return 'applied';
    case 'result':
      return (await applyResult(work, client, message.result)) ? 'applied' : 'unknown-command';
  }
}

/** Takes one valid message into the database. A client that wasn't heard before is enrolled by it. */
export async function applyMessage(work: Work, ref: ClientRef, message: AgentMessage): Promise<Outcome> {
  // Taking something away is no sign of life: the platform's own deletions come back through a foreign broker.
  const client = message.kind === 'device-forgotten' ? await findClient(work.tx, ref) : await enrolledClient(work, ref);
  if (client === null) return 'unknown-client';
  if (client.revokedAt !== null && message.kind !== 'presence') return 'revoked';
  return applyFrom(work, client, message);
}
