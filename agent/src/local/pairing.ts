import { z } from 'zod';
import { formFactors } from '../contract/index.ts';

const headsetSchema = z.object({
  /** What `choosePairing` takes. */
  id: z.string(),
  /** Null where the headset tells none. */
  name: z.string().nullable(),
  formFactor: z.enum(formFactors),
  /** The last four digits of its Bluetooth address. */
  endsIn: z.string(),
});
/** Its name. */
const adapter = z.string();

/** One pairing of a headset with a Link adapter, from its start until a person closes it. */
export const localPairingSchema = z.discriminatedUnion('step', [
  /** The search begins by itself when one is plugged in that can pair from here. */
  z.object({
    step: z.literal('no-adapter'),
    /** One that is plugged in, but of a model that isn't verified. */
    unable: adapter.nullable(),
  }),
  z.object({
    step: z.literal('searching'),
    adapter,
    /** Unix milliseconds. */
    startedAt: z.number(),
    /** The adapter searches no more; what it found may still be chosen. */
    isOver: z.boolean(),
    found: z.array(headsetSchema),
  }),
  z.object({ step: z.literal('connecting'), adapter, headset: headsetSchema }),
  z.object({
    step: z.literal('connected'),
    adapter,
    headset: headsetSchema,
    /** Percent, null while it isn't known. */
    battery: z.int().nullable(),
  }),
  z.object({ step: z.literal('nothing-found'), adapter, seconds: z.int().min(0) }),
  z.object({ step: z.literal('refused'), adapter, headset: headsetSchema }),
  z.object({ step: z.literal('unplugged'), adapter }),
]);

export type LocalPairing = z.infer<typeof localPairingSchema>;
