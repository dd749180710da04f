import { z } from 'zod';

import { idPattern } from '../../contract/common.ts';
import { clientModes, logLevels } from '../../contract/index.ts';
import { apiUrlProblem, brokerUrlProblem } from './broker-url.ts';

const oneDayMs = 86_400_000;

const text = (maxLength: number) =>
  z
    .string({ error: 'must be text in quotes' })
    .min(1, { error: 'must not be empty' })
    .max(maxLength, { error: `must not be longer than ${maxLength} characters` })
    .regex(/^\P{Cc}*$/u, { error: 'must not contain control characters such as a line break' });

const path = text(4096);
const milliseconds = (min: number) => {
  const error = `must be a whole number of milliseconds from ${min} to ${oneDayMs}`;
  return z.int({ error }).min(min, { error }).max(oneDayMs, { error });
};
const choice = <const Names extends readonly [string, ...string[]]>(names: Names) => z.enum(names, { error: `must be one of ${names.join(', ')}` });

const brokerUrl = text(2048).superRefine((value, context) => {
  const problem = brokerUrlProblem(value);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

const apiUrl = text(2048).superRefine((value, context) => {
  const problem = apiUrlProblem(value);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

const hidDrivers = ['node-hid', 'virtual'] as const;

/**
 * The configuration in full, as the configuration file writes it (contract cli-v1) with every default filled in. The file may leave out whatever
 * another source or a default gives. Paths are absolute. Problems between keys (certificate and key, reconnect's bounds) are `resolve.ts`'s.
 */
export const configurationSchema = z.strictObject({
  organizationId: z.string({ error: 'must be text in quotes' }).regex(idPattern, { error: 'must be 1 to 64 of the characters A-Z a-z 0-9 _ -' }),
  /** Null where none is given: once enrolled it may be missing, and a client certificate may stand for it. */
  enrollmentToken: text(1024).nullable(),
  clientName: text(200).nullable(),
  definitionsFile: path.nullable(),
  brokerUrl,
  /** Null where the platform is a bare broker: then the token is the password. */
  apiUrl: apiUrl.nullable(),
  stateDir: path,
  logDir: path,
  logLevel: choice(logLevels),
  mode: choice(clientModes),
  tls: z.strictObject({ caFile: path.nullable(), certFile: path.nullable(), keyFile: path.nullable() }),
  // Below these a broker that refuses would be asked in a tight loop.
  reconnect: z.strictObject({ minMs: milliseconds(10), maxMs: milliseconds(100) }),
  hid: z.discriminatedUnion(
    'driver',
    [z.strictObject({ driver: z.literal('node-hid') }), z.strictObject({ driver: z.literal('virtual'), socket: path })],
    {
      error: `must be one of ${hidDrivers.join(', ')}`,
    },
  ),
});

export type Configuration = z.output<typeof configurationSchema>;
