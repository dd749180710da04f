import type { FastifyInstance } from 'fastify';

import { currentPolicy, updatePolicy } from '../policy/policies.ts';
import { changePolicy, policyChangeSchema, policyRulesSchema } from '../policy/policy-rules.ts';
import type { ApiContext } from './endpoint.ts';
import { addEndpoint } from './endpoint.ts';
import { noBody, nothing } from './schemas.ts';

export function addPolicyRoutes(app: FastifyInstance, context: ApiContext): void {
  const { queries, writer } = context;
  const url = '/policy';
  addEndpoint(app, context, {
    method: 'GET',
    url,
    params: nothing,
    query: nothing,
    body: noBody,
    handle: ({ organizationId }) => currentPolicy(queries, organizationId),
  });
  addEndpoint(app, context, {
    method: 'PUT',
    url,
    params: nothing,
    query: nothing,
    body: policyRulesSchema,
    handle: ({ organizationId, body }) => writer.write((work) => updatePolicy(work, organizationId, () => body)),
  });
  addEndpoint(app, context, {
    method: 'PATCH',
    url,
    params: nothing,
    query: nothing,
    body: policyChangeSchema,
    handle: ({ organizationId, body }) => writer.write((work) => updatePolicy(work, organizationId, (policy) => changePolicy(policy, body))),
  });
}
