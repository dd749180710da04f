import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { timestamp } from '@jpd/agent/contract';
import type { IngestCounts } from '../ingest/tally.ts';
import { RequestError } from '../errors.ts';
import { issueCredentials } from '../organizations/issue-credentials.ts';
import type { OrganizationRow } from '../organizations/organizations.ts';
import { createOrganization, listOrganizations, organization } from '../organizations/organizations.ts';
import type { Administrator } from '../organizations/secrets.ts';
import type { ApiContext } from './endpoint.ts';
import { addEndpoint } from './endpoint.ts';
import { idSchema, nameSchema, noBody, nothing } from './schemas.ts';

function viewOf({ id, name, createdAt }: OrganizationRow) {
  return { id, name, createdAt: timestamp(createdAt) };
}

function assertPlatformWide({ platformWide }: Administrator): void {
  if (!platformWide) throw new RequestError('forbidden', "this token is one organisation's; organisations are made with the platform's first token");
}

export function addOrganizationRoutes(app: FastifyInstance, context: ApiContext, counts: () => IngestCounts): void {
  addEndpoint(app, context, {
    method: 'GET',
    url: '/status',
    params: nothing,
    query: nothing,
    body: noBody,
    handle: async () => ({ messages: counts() }),
  });
  addEndpoint(app, context, {
    method: 'GET',
    url: '/organization',
    params: nothing,
    query: nothing,
    body: noBody,
    handle: async ({ organizationId }) => viewOf(await organization(context.queries, organizationId)),
  });
  addEndpoint(app, context, {
    method: 'GET',
    url: '/organizations',
    params: nothing,
    query: nothing,
    body: noBody,
    handle: async ({ administrator }) => {
      assertPlatformWide(administrator);
      return { organizations: (await listOrganizations(context.queries)).map(viewOf) };
    },
  });
  addEndpoint(app, context, {
    method: 'POST',
    url: '/organizations',
    params: nothing,
    query: nothing,
    body: z.strictObject({ id: idSchema, name: nameSchema.optional() }),
    status: 201,
    handle: async ({ administrator, body }) => {
      assertPlatformWide(administrator);
      return context.writer.write(async (work) => {
        await createOrganization(work, body.id, body.name ?? body.id);
        return issueCredentials(work, body.id, false);
      });
    },
  });
}
