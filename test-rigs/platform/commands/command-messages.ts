import { clientTopics, encode, timestamp } from '@jpd/agent/contract';
import { z } from 'zod';

import type { OutgoingMessage } from '../broker/bus.ts';
import type { commands } from '../database/schema.ts';

export type CommandRow = typeof commands.$inferSelect;

export const paramsSchema = z.record(z.string(), z.json());
export type CommandParams = z.infer<typeof paramsSchema>;

/** The command/1 that a row stands for. The id makes a repetition harmless: the agent runs it once. */
export function commandMessage(row: CommandRow, now: number): OutgoingMessage {
  const { organizationId, clientId, id, type, deviceId } = row;
  const params = paramsSchema.parse(JSON.parse(row.params));
  const body = { id, type, params, expiresAt: timestamp(row.expiresAt), ...(deviceId === null ? {} : { deviceId }) };
  const topic = clientTopics(organizationId, clientId).commands;
  return { client: { organizationId, clientId }, topic, payload: encode('commands', body, now), retain: false };
}
