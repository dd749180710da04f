import { z } from 'zod';
import { formFactorSchema, timeSchema } from './common.ts';

const foundSchema = z.object({ id: z.string(), name: z.string(), formFactor: formFactorSchema, endsIn: z.string() });
const adapter = z.string();

/** One pairing of a headset with the Link adapter, from its start until a person closes it. */
export const pairingSchema = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('no-adapter'),
    /** One that is plugged in, of a model that can't pair from here. */
    unable: adapter.optional(),
  }),
  z.object({
    step: z.literal('searching'),
    adapter,
    startedAt: timeSchema,
    found: z.array(foundSchema),
    /** The adapter searches no more; what it found may still be chosen. */
    isOver: z.boolean().optional(),
  }),
  z.object({ step: z.literal('connecting'), adapter, name: z.string() }),
  z.object({ step: z.literal('connected'), adapter, device: foundSchema, battery: z.int().nullable() }),
  z.object({ step: z.literal('nothing-found'), adapter, seconds: z.int().min(0) }),
  z.object({ step: z.literal('refused'), adapter, name: z.string() }),
  z.object({ step: z.literal('unplugged'), adapter }),
]);

export type Pairing = z.infer<typeof pairingSchema>;
export type PairingStep = Pairing['step'];
export type FoundHeadset = z.infer<typeof foundSchema>;
