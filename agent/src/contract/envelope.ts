import { z } from 'zod';

import { timestampSchema } from './timestamp.ts';

/** What every payload carries: its kind with the major version, and when it was sent. */
export function envelope<Name extends string>(name: Name) {
  return { schema: z.literal(name), sentAt: timestampSchema };
}
