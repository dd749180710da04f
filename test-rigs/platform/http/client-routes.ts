import type { FastifyInstance } from 'fastify';

import { deleteClient, getClient, listClients, revokeClient } from '../clients/clients.ts';
import { withdrawCredentials } from '../enrolment/client-credentials.ts';
import type { ApiContext } from './endpoint.ts';
import { addEndpoint } from './endpoint.ts';
import { clientParams, noBody, nothing } from './schemas.ts';

export function addClientRoutes(app: FastifyInstance, context: ApiContext): void {
  const { queries, writer } = context;
  addEndpoint(app, context, {
    method: 'GET',
    url: '/clients',
    params: nothing,
    query: nothing,
    body: noBody,
    handle: async ({ organizationId }) => ({ clients: await listClients(queries, organizationId) }),
  });
  addEndpoint(app, context, {
    method: 'GET',
    url: '/clients/:clientId',
    params: clientParams,
    query: nothing,
    body: noBody,
    handle: ({ organizationId, params }) => getClient(queries, { organizationId, clientId: params.clientId }),
  });
  addEndpoint(app, context, {
    method: 'POST',
    url: '/clients/:clientId/revoke',
    params: clientParams,
    query: nothing,
    body: noBody,
    handle: ({ organizationId, params }) => writer.write((work) => revokeClient(work, { organizationId, clientId: params.clientId })),
  });
  addEndpoint(app, context, {
    method: 'DELETE',
    url: '/clients/:clientId/credential',
    params: clientParams,
    query: nothing,
    body: noBody,
    handle: ({ organizationId, params }) => writer.write((work) => withdrawCredentials(work, { organizationId, clientId: params.clientId })),
  });
  addEndpoint(app, context, {
    method: 'DELETE',
    url: '/clients/:clientId',
    params: clientParams,
    query: nothing,
    body: noBody,
    handle: ({ organizationId, params }) => writer.write((work) => deleteClient(work, { organizationId, clientId: params.clientId })),
  });
}
