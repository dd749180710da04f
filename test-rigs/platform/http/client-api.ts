import { clientApiPaths, credentialRequestSchema } from '@jpd/agent/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { CredentialTerms } from '../enrolment/client-credentials.ts';
import { enrolByRequest, renewByRequest } from '../enrolment/enrol.ts';
import type { Log } from '../log.ts';
import type { Writer } from '../work/work.ts';
import { bearerOf, read } from './endpoint.ts';

interface ClientApiContext {
  readonly writer: Writer;
  readonly terms: CredentialTerms;
  readonly log: Log;
}

/** The API for clients (docs/contract.md): what they log in with is given and renewed here. No administrator's token opens it. */
export function addClientApi(app: FastifyInstance, { writer, terms, log }: ClientApiContext): void {
  const actions = { enrol: enrolByRequest, renew: renewByRequest } as const;
  for (const action of ['enrol', 'renew'] as const) {
    app.post(`/${clientApiPaths[action]}`, async (request: FastifyRequest, reply) => {
      const asked = read(credentialRequestSchema, request.body);
      const credential = await writer.write((work) => actions[action](work, bearerOf(request), asked, terms));
      const { organizationId, clientId, fromClientId } = asked;
      log.info('a credential was given', {
        action,
        organizationId,
        clientId,
        kind: credential.kind,
        ...(fromClientId === undefined ? {} : { fromClientId }),
      });
      return reply.code(201).send(credential);
    });
  }
}
