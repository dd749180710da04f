import { parseMqttUserName } from '@jpd/agent/contract';

import type { ClientRef } from '../client-ref.ts';
import { enrolledClient, findClientAnywhere } from '../clients/client-rows.ts';
import type { Queries } from '../database/database.ts';
import { credentialsOf, isLogin } from '../enrolment/client-credentials.ts';
import { operatorPrefix } from '../organizations/organizations.ts';
import { hashToken } from '../organizations/secret-hash.ts';
import { isEnrollmentToken, isOperatorPassword } from '../organizations/secrets.ts';
import type { Writer } from '../work/work.ts';
import type { Principal } from './access-rules.ts';

export interface Login {
  readonly mqttClientId: string;
  readonly userName: string | undefined;
  readonly password: Uint8Array | undefined;
  /** Fingerprint of the certificate that TLS verified, null without one. */
  readonly certificate: string | null;
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

  async judge({ mqttClientId, userName, password, certificate }: Login): Promise<Verdict> {
    const name = parseMqttUserName(userName ?? '');
    if (name === null) return badCredentials;
    // `operator/{organizationId}` has the shape of a client's name.
    if (name.organizationId !== operatorPrefix) return this.#judgeClient(mqttClientId, name, password, certificate);
    return password === undefined ? badCredentials : this.#judgeOperator(mqttClientId, name.clientId, password);
  }

  async #judgeOperator(mqttClientId: string, organizationId: string, password: Uint8Array): Promise<Verdict> {
    if (!(await isOperatorPassword(this.#queries, organizationId, password))) return badCredentials;
    // Under a client's id it would take over that client's session.
    if ((await findClientAnywhere(this.#queries, mqttClientId)) !== null) return notAuthorized;
    return { accepted: true, principal: { role: 'operator', organizationId } };
  }

  async #judgeClient(mqttClientId: string, client: ClientRef, password: Uint8Array | undefined, certificate: string | null): Promise<Verdict> {
    if (!(await this.#isAccepted(client, password, certificate))) return badCredentials;
    if (mqttClientId !== client.clientId) return notAuthorized;
    const known = await findClientAnywhere(this.#queries, client.clientId);
    // A revoked client must be able to log in until it knows.
    if (known !== null && known.revokedSeenAt !== null) return notAuthorized;
    const enrolled = known ?? (await this.#writer.write((work) => enrolledClient(work, client)));
    if (enrolled === null || enrolled.organizationId !== client.organizationId) return notAuthorized;
    return { accepted: true, principal: { role: 'client', client } };
  }

  /** By a credential of its own, or by the organisation's token as long as it uses none. */
  async #isAccepted(client: ClientRef, password: Uint8Array | undefined, certificate: string | null): Promise<boolean> {
    const own = certificate ?? (password === undefined ? null : hashToken(password));
    const held = await credentialsOf(this.#queries, client);
    if (own !== null && held.length > 0 && (await this.#writer.write((work) => isLogin(work, client, own)))) return true;
    if (password === undefined || held.some(({ firstUsedAt }) => firstUsedAt !== null)) return false;
    return isEnrollmentToken(this.#queries, client.organizationId, password);
  }
}
