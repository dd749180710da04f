import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { paramsSchema } from '../commands/command-messages.ts';
import { defaultExpirySeconds, getCommand, isFinal, listCommands, sendCommand } from '../commands/commands.ts';
import { getDevice } from '../devices/devices.ts';
import { RequestError } from '../errors.ts';
import type { ApiContext } from './endpoint.ts';
import { addEndpoint } from './endpoint.ts';
import { idSchema, limitSchema, noBody, nothing, waitSecondsSchema } from './schemas.ts';

const maxExpirySeconds = 7 * 24 * 3_600;

const newCommandSchema = z.strictObject({
  /** Without it the client that counts for the device. */
  clientId: idSchema.optional(),
  deviceId: idSchema.optional(),
  /** Open: what an agent doesn't know it rejects. */
  type: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, { error: 'is no type of a command' }),
  params: paramsSchema.default({}),
  expiresInSeconds: z.number().min(1).max(maxExpirySeconds).default(defaultExpirySeconds),
});

export function addCommandRoutes(app: FastifyInstance, context: ApiContext): void {
  const { queries, writer, changes } = context;
  addEndpoint(app, context, {
    method: 'POST',
    url: '/commands',
    params: nothing,
    query: nothing,
    body: newCommandSchema,
    status: 201,
    handle: ({ organizationId, body: { clientId, deviceId, type, params, expiresInSeconds } }) =>
      writer.write(async (work) => {
        if (clientId === undefined && deviceId === undefined) throw new RequestError('invalid', 'a command needs a clientId or a deviceId');
        const target = clientId ?? (await getDevice(work.tx, organizationId, deviceId ?? '')).clientId;
        return sendCommand(work, { client: { organizationId, clientId: target }, type, deviceId: deviceId ?? null, params, expiresInSeconds });
      }),
  });
  addEndpoint(app, context, {
    method: 'GET',
    url: '/commands',
    params: nothing,
    query: z.strictObject({ clientId: idSchema.optional(), limit: limitSchema(100, 1_000) }),
    body: noBody,
    handle: async ({ organizationId, query }) => ({
      commands: await listCommands(queries, organizationId, query.clientId ?? null, query.limit),
    }),
  });
  addEndpoint(app, context, {
    method: 'GET',
    url: '/commands/:commandId',
    params: z.object({ commandId: idSchema }),
    query: z.strictObject({ waitSeconds: waitSecondsSchema }),
    body: noBody,
    handle: async ({ organizationId, params, query, signal }) => {
      const look = async () => {
        const command = await getCommand(queries, organizationId, params.commandId);
        return isFinal(command.status) ? command : null;
      };
      const ended = await changes.waitFor(look, query.waitSeconds * 1_000, signal);
      return ended ?? getCommand(queries, organizationId, params.commandId);
    },
  });
}
