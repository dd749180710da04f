import { z } from 'zod';

import type { Json } from './common.ts';
import { idSchema, textSchema } from './common.ts';
import { envelope } from './envelope.ts';

export const resultStatuses = ['accepted', 'running', 'succeeded', 'failed', 'rejected', 'expired'] as const;

/** Code of a `rejected` result for an unknown command type, and for what a device has no verified way to do. */
export const commandNotSupported = 'not-supported';

/** result/1: how a command goes. */
export const resultSchema = z.object({
  ...envelope('result/1'),
  commandId: idSchema,
  status: z.enum(resultStatuses),
  /** Percent. */
  progress: z.number().min(0).max(100).exactOptional(),
  error: z.object({ code: textSchema, message: z.string() }).exactOptional(),
  data: z.custom<Json>().exactOptional(),
});

export type CommandResult = z.infer<typeof resultSchema>;
export type ResultStatus = CommandResult['status'];
