import { z } from 'zod';

import { idSchema, jsonObjectSchema, textSchema } from './common.ts';
import { envelope } from './envelope.ts';
import { timestampSchema } from './timestamp.ts';

export const commandTypes = ['refresh', 'reboot-device', 'identify-device', 'update-firmware', 'collect-diagnostics', 'forget-device'] as const;
export type CommandType = (typeof commandTypes)[number];

/** command/1. `type` is open: an unknown one is a valid command that is answered `rejected` with `not-supported`. */
export const commandSchema = z.object({
  ...envelope('command/1'),
  id: idSchema,
  expiresAt: timestampSchema,
  type: textSchema,
  deviceId: idSchema.exactOptional(),
  params: jsonObjectSchema,
});

export type Command = z.infer<typeof commandSchema>;

export function isCommandType(type: string): type is CommandType {
  return commandTypes.some((known) => known === type);
}
