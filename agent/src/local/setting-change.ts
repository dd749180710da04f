import { z } from 'zod';
import { settingErrorCodes, settingValueSchema } from '../contract/index.ts';

/** A person's change of one setting. */
export const settingChange = {
  args: z.object({ deviceId: z.string(), key: z.string().max(64), value: settingValueSchema }),
  /** What the device said, or who decides on it: `locked`, where the organisation does. */
  result: z.discriminatedUnion('isDone', [
    z.object({ isDone: z.literal(true) }),
    z.object({ isDone: z.literal(false), code: z.enum([...settingErrorCodes, 'locked']) }),
  ]),
};
