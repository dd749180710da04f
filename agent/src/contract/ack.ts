import { z } from 'zod';

import { idSchema } from './common.ts';
import { envelope } from './envelope.ts';

export const maxAckIds = 500;

/** ack/1: ids of events that the platform has committed. */
export const ackSchema = z.object({ ...envelope('ack/1'), ids: z.array(idSchema).max(maxAckIds) });

export type Ack = z.infer<typeof ackSchema>;
