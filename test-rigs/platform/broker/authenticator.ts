import { parseMqttUserName } from '@jpd/agent/contract';

import { enrolledClient, findClientAnywhere } from '../clients/client-rows.ts';
import type { Queries } from '../database/database.ts';
import { operatorPrefix } from '../organizations/organizations.ts';
import { isEnrollmentToken, isOperatorPassword } from '../organizations/secrets.ts';
import type { Writer } from '../work/work.ts';
import type { Principal } from './access-rules.ts';

export interface Login {
  readonly mqttClientId: string;
  readonly userName: string | undefined;
  readonly password: Uint8Array | undefined;
}

export type Verdict =
  { readonly accepted: true; readonly principal: Principal } | { readonly accepted: false; readonly reason: 'bad-credentials' | 'not-authorized' };

/** An organisation that doesn't exist is answered like a wrong token, so that nobody can find out which do. */
const badCredentials: Verdict = { accepted: false, reason: 'bad-credentials' };
const notAuthorized: Verdict = { accepted: false, reason: 'not-authorized' };

/** Decides on a CONNECT. A client that is new is enrolled by it, so that its policy waits for it when it subscribes. */
export class Authenticator {
  readonly #queries: Queries;
  readonly #writer: Writer;

  constructor(queries: Queries, writer: Writer) {
    this.#queries = queries;
    this.#writer = writer;
  }

  async judge({ mqttClientId, userName, password }: Login): Promise<Verdict> {
    const name = parseMqttUserName(userName ?? '');
    if (name === null || password === undefined) return badCredentials;
    // `operator/{organizationId}` has the shape of a client's name.
    return name.organizationId === operatorPrefix
      ? this.#judgeOperator(mqttClientId, name.clientId, password)
      : this.#judgeClient(mqttClientId, name, password);
  }

  async #judgeOperator(mqttClientId: string, organizationId: string, password: Uint8Array): Promise<Verdict> {
    if (!(await isOperatorPassword(this.#queries, organizationId, password))) return badCredentials;
    // Under a client's id it would take over that client's session.
    if ((await findClientAnywhere(this.#queries, mqttClientId)) !== null) return notAuthorized;
    return { accepted: true, principal: { role: 'operator', organizationId } };
  }

  async #judgeClient(mqttClientId: string, client: { organizationId: string; clientId: string }, password: Uint8Array): Promise<Verdict> {
    if (!(await isEnrollmentToken(this.#queries, client.organizationId, password))) return badCredentials;
    if (mqttClientId !== client.clientId) return notAuthorized;
    const known = await findClientAnywhere(this.#queries, client.clientId);
    // A revoked client must be able to log in until it knows.
    if (known !== null && known.revokedSeenAt !== null) return notAuthorized;
    const enrolled = known ?? (await this.#writer.write((work) => enrolledClient(work, client)));
    if (enrolled === null || enrolled.organizationId !== client.organizationId) return notAuthorized;
    return { accepted: true, principal: { role: 'client', client } };
  }
}
