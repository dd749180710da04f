import { z } from 'zod';

import { idSchema, textSchema } from './common.ts';
import { envelope } from './envelope.ts';
import { timestampSchema } from './timestamp.ts';

export const clientModes = ['personal', 'room'] as const;

const computerSchema = z.object({
  computerName: z.string(),
  osName: z.string(),
  osVersion: z.string(),
  ipAddresses: z.array(z.string()),
  domain: z.string().exactOptional(),
  manufacturer: z.string().exactOptional(),
  serialNumber: z.string().exactOptional(),
});

const locationSchema = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  accuracyMetres: z.number().min(0),
  source: z.string(),
});

/** A group is absent where the policy forbids it, and `metadata` itself where all three are (contract 3): never empty. */
const metadataSchema = z.object({
  /** Account name of the operating system. */
  userName: textSchema.exactOptional(),
  computer: computerSchema.exactOptional(),
  location: locationSchema.exactOptional(),
});

/** client/1: the agent and, as far as the policy allows, the person and the computer. */
export const clientSchema = z.object({
  ...envelope('client/1'),
  clientId: idSchema,
  clientName: z.string().exactOptional(),
  clientVersion: textSchema,
  mode: z.enum(clientModes),
  loginSessionId: idSchema,
  startedAt: timestampSchema,
  metadata: metadataSchema.exactOptional(),
});

export type ClientDocument = z.infer<typeof clientSchema>;
export type ClientMode = ClientDocument['mode'];
export type ClientMetadata = z.infer<typeof metadataSchema>;
export type ComputerMetadata = z.infer<typeof computerSchema>;
export type LocationMetadata = z.infer<typeof locationSchema>;
