import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { desiredBodySchema, desiredChangeSchema } from '../desired/desired-body.ts';
import { changeDesired, forgetDesired, getDesired, putDesired } from '../desired/desired.ts';
import { deleteDevice, deviceHistoryOf, getDevice, listDevices } from '../devices/devices.ts';
import { RequestError } from '../errors.ts';
import type { ApiContext } from './endpoint.ts';
import { addEndpoint } from './endpoint.ts';
import { deviceParams, limitSchema, noBody, nothing } from './schemas.ts';

export function addDeviceRoutes(app: FastifyInstance, context: ApiContext): void {
  const { queries, writer } = context;
  addEndpoint(app, context, {
    method: 'GET',
    url: '/devices',
    params: nothing,
    query: nothing,
    body: noBody,
    handle: async ({ organizationId }) => ({ devices: await listDevices(queries, organizationId) }),
  });
  addEndpoint(app, context, {
    method: 'GET',
    url: '/devices/:deviceId',
    params: deviceParams,
    query: nothing,
    body: noBody,
    handle: ({ organizationId, params }) => getDevice(queries, organizationId, params.deviceId),
  });
  addEndpoint(app, context, {
    method: 'GET',
    url: '/devices/:deviceId/history',
    params: deviceParams,
    query: z.strictObject({ limit: limitSchema(20, 500) }),
    body: noBody,
    handle: async ({ organizationId, params, query }) => ({
      documents: await deviceHistoryOf(queries, organizationId, params.deviceId, query.limit),
    }),
  });
  addEndpoint(app, context, {
    method: 'DELETE',
    url: '/devices/:deviceId',
    params: deviceParams,
    query: nothing,
    body: noBody,
    handle: ({ organizationId, params }) => writer.write((work) => deleteDevice(work, organizationId, params.deviceId)),
  });
}

export function addDesiredRoutes(app: FastifyInstance, context: ApiContext): void {
  const { queries, writer } = context;
  const url = '/devices/:deviceId/desired';
  addEndpoint(app, context, {
    method: 'GET',
    url,
    params: deviceParams,
    query: nothing,
    body: noBody,
    handle: async ({ organizationId, params }) => {
      const desired = await getDesired(queries, organizationId, params.deviceId);
      if (desired === null) throw new RequestError('not-found', `nothing is desired of ${params.deviceId}`);
      return desired;
    },
  });
  addEndpoint(app, context, {
    method: 'PUT',
    url,
    params: deviceParams,
    query: nothing,
    body: desiredBodySchema,
    handle: ({ organizationId, params, body }) => writer.write((work) => putDesired(work, organizationId, params.deviceId, body)),
  });
  addEndpoint(app, context, {
    method: 'PATCH',
    url,
    params: deviceParams,
    query: nothing,
    body: desiredChangeSchema,
    handle: ({ organizationId, params, body }) => writer.write((work) => changeDesired(work, organizationId, params.deviceId, body)),
  });
  addEndpoint(app, context, {
    method: 'DELETE',
    url,
    params: deviceParams,
    query: nothing,
    body: noBody,
    handle: async ({ organizationId, params }) => ({ desired: await writer.write((work) => forgetDesired(work, organizationId, params.deviceId)) }),
  });
}
