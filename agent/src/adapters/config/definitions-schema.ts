import { z } from 'zod';

/** Most payload bytes of one message (facts E1). */
export const maxPayloadBytes = 57;

const groupConfig = 0x13;

/** Groups that an operator may be tempted to map, and why none of them can be. Names from facts E3. */
const refusedGroups: Readonly<Record<number, string>> = {
  0x02: 'identity, which is read only',
  0x03: 'file transfer',
  0x07: 'firmware over the file protocol',
  0x0c: 'Bluetooth',
  0x0d: 'Bluetooth pairing',
  0x0f: 'firmware',
  0x12: 'status, whose fields are events and not settings',
  0x26: 'video',
  0xfe: 'the refusal (NACK)',
  0xff: 'the acknowledgement (ACK)',
};

/** JSON has no hexadecimal numbers, so that `"0x13"` stands beside 19. */
const number = (max: number) => {
  const error = `must be a whole number from 0 to ${max}, or hexadecimal in quotes such as "0x13"`;
  return z
    .union([z.number(), z.string().regex(/^0[xX][0-9a-fA-F]{1,4}$/, { error })], { error })
    .transform(Number)
    .pipe(z.int({ error }).min(0, { error }).max(max, { error }));
};

const text = z
  .string({ error: 'must be text in quotes' })
  .trim()
  .min(1, { error: 'must not be empty' })
  .max(500, { error: 'must not be longer than 500 characters' })
  .regex(/^\P{Cc}*$/u, { error: 'must not contain control characters such as a line break' });

const command = number(0xff).superRefine((value, context) => {
  if (value === groupConfig) return;
  const refused = refusedGroups[value];
  const hex = `0x${value.toString(16).padStart(2, '0')}`;
  const message = `must be 0x13, the group of settings: ${hex} is ${refused ?? 'not known to hold settings'}, and a wrong write there can leave a device unusable`;
  context.addIssue({ code: 'custom', message });
});

const bytes = z.union([z.literal(1), z.literal(2)], { error: 'must be 1 or 2' });
const boolean = z.boolean({ error: 'must be true or false' });

const encodings = [
  z.strictObject({ type: z.literal('boolean') }),
  z.strictObject({
    type: z.literal('enum'),
    values: z
      .record(z.string(), number(0xff), { error: 'must be an object such as {"tones": 0, "voice": 1}' })
      .refine((values) => Object.keys(values).length >= 2, { error: 'must name at least two values' })
      .refine((values) => new Set(Object.values(values)).size === Object.keys(values).length, {
        error: 'must not give two values the same number',
      }),
  }),
  z.strictObject({
    type: z.literal('integer'),
    bytes,
    signed: boolean,
    /** Units of the setting that one step on the wire stands for. */
    scale: z.int({ error: 'must be a whole number' }).min(1, { error: 'must be at least 1' }).max(1000, { error: 'must be at most 1000' }),
  }),
] as const;
const encoding = z.discriminatedUnion('type', encodings, { error: 'must be an object with "type", one of boolean, enum, integer' });

const version = z
  .string({ error: 'must be text in quotes' })
  .regex(/^[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}$/, { error: 'must be a version such as "1.8.13"' });
const date = z.iso.date({ error: 'must be a date as YYYY-MM-DD' });

const firmware = z.strictObject(
  { from: version.exactOptional(), to: version.exactOptional() },
  { error: 'must be an object such as {"from": "1.8.0", "to": "1.9.99"}' },
);
const verified = z.strictObject({ by: text, on: date, evidence: text }, { error: 'must be an object with "by", "on" and "evidence"' });

const mappingShape = {
  setting: text,
  productIds: z.array(number(0xffff), { error: 'must be a list such as ["0x24da"]' }).min(1, { error: 'must name at least one product id' }),
  /** Versions it was verified on, both ends included; absent: every version. */
  firmware: firmware.refine(({ from, to }) => from !== undefined || to !== undefined, { error: 'must have "from", "to" or both' }).exactOptional(),
  command,
  subcommand: number(0xff),
  encoding,
  offset: z
    .int({ error: 'must be a whole number' })
    .min(0, { error: 'must be at least 0' })
    .max(maxPayloadBytes - 1, { error: `must be less than ${maxPayloadBytes}` })
    .default(0),
  verified,
};
const mapping = z.strictObject(mappingShape, { error: 'must be an object in braces' });

/** The definitions file, version 1: wire mappings that an operator verified on own hardware and takes responsibility for. */
export const definitionsSchema = z.strictObject({
  schema: z.literal('definitions/1', { error: 'must be "definitions/1"' }),
  iVerifiedTheseOnMyOwnHardware: z.literal(true, {
    error: 'must be true: the agent writes these bytes to devices on your word alone, so say that you verified them on your own hardware',
  }),
  mappings: z.array(mapping, { error: 'must be a list of mappings' }),
});

/** Every name that an object of the file may have. */
export const definitionFieldNames: readonly string[] = [definitionsSchema, mapping, firmware, verified, ...encodings].flatMap(({ shape }) =>
  Object.keys(shape),
);

export type DefinedMapping = z.output<typeof mapping>;
