import type { FastifyInstance } from 'fastify';

import type { IngestCounts } from '../ingest/tally.ts';
import { addClientRoutes } from './client-routes.ts';
import { addCommandRoutes } from './command-routes.ts';
import { addDesiredRoutes, addDeviceRoutes } from './device-routes.ts';
import type { ApiContext } from './endpoint.ts';
import { addEventRoutes } from './event-routes.ts';
import { addOrganizationRoutes } from './organization-routes.ts';
import { addPolicyRoutes } from './policy-routes.ts';

/** Everything below `/api/v1`. */
export async function addApi(app: FastifyInstance, context: ApiContext, counts: () => IngestCounts): Promise<void> {
  await app.register(
    async (api) => {
      addOrganizationRoutes(api, context, counts);
      addClientRoutes(api, context);
      addDeviceRoutes(api, context);
      addDesiredRoutes(api, context);
      addPolicyRoutes(api, context);
      addEventRoutes(api, context);
      addCommandRoutes(api, context);
    },
    { prefix: '/api/v1' },
  );
}
