import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { type CredentialRequest, issuedCredentialSchema, proofText } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { systemClientKeys } from '../../../agent/src/adapters/certificates/index.ts';
import { filesBelow, whereFound } from '../../lab/hard/planted.ts';
import { eventually } from '../../lab/waiting.ts';
import { online } from '../testing/bodies.ts';
import { LivePlatform } from '../testing/live.ts';

/** Long enough for a test, short enough to see it end. */
const shortSeconds = 2;

let platform: LivePlatform;
const start = (options: Parameters<typeof LivePlatform.start>[0] = {}): void => {
  beforeAll(async () => {
    platform = await LivePlatform.start(options);
  });
  afterAll(() => platform?.stop());
};

const request = (clientId: string, more: Partial<CredentialRequest> = {}): CredentialRequest => ({
  organizationId: platform.platform.organizationId,
  clientId,
  clientVersion: '1.0.0',
  ...more,
});
const ask = (action: 'enrol' | 'renew', bearer: string | null, body: unknown) => platform.api('POST', `/client/v1/${action}`, body, bearer);
const token = (): string => platform.platform.enrollmentToken;

/** Asks for a secret, which the platform must give. */
async function secretFor(
  clientId: string,
  bearer = token(),
  action: 'enrol' | 'renew' = 'enrol',
  more: Partial<CredentialRequest> = {},
): Promise<string> {
  const answer = await ask(action, bearer, request(clientId, more));
  expect(answer).toMatchObject({ status: 201 });
  const credential = issuedCredentialSchema.parse(answer.body);
  if (credential.kind !== 'secret') throw new Error('not a secret');
  return credential.secret;
}
const logIn = async (clientId: string, password: string): Promise<void> => (await platform.connect(clientId, { password })).end();
const refused = { code: 4 };

describe('the API for clients', () => {
  start();

  it('exchanges the token for a secret, with which the client logs in from then on, and with nothing else', async () => {
    const secret = await secretFor('client-1');
    expect(secret).not.toBe(token());
    await logIn('client-1', secret);
    await expect(logIn('client-1', token())).rejects.toMatchObject(refused);
    await expect(logIn('client-2', secret)).rejects.toMatchObject(refused);
    await expect(logIn('client-1', `${secret}x`)).rejects.toMatchObject(refused);
    await expect(platform.connect('client-1', { password: undefined as never })).rejects.toMatchObject(refused);
    // Others go on with the token.
    await logIn('client-2', token());
  });

  it('lists an enrolled client before it ever connected, with a policy that waits for it', async () => {
    const secret = await secretFor('client-3');
    expect(await platform.api('GET', '/api/v1/clients/client-3')).toMatchObject({ status: 200, body: { presence: null, revocation: 'none' } });
    const agent = await platform.connect('client-3', { password: secret });
    await agent.subscribe(agent.topics.policy);
    expect(await agent.waitFor(({ topic }) => topic === agent.topics.policy)).toMatchObject({ body: { revoked: false } });
    await agent.end();
  });

  it('gives the token’s holder no client that uses a credential, and another one to who never used the first', async () => {
    const lost = await secretFor('client-4');
    const secret = await secretFor('client-4');
    await expect(logIn('client-4', lost)).rejects.toMatchObject(refused);
    await logIn('client-4', secret);
    expect(await ask('enrol', token(), request('client-4'))).toMatchObject({ status: 409, body: { code: 'client-exists' } });
    await logIn('client-4', secret);
  });

  it('renews a secret; the old one goes on until the new one is used', async () => {
    const first = await secretFor('client-5');
    await logIn('client-5', first);
    const lost = await secretFor('client-5', first, 'renew');
    const second = await secretFor('client-5', first, 'renew');
    await logIn('client-5', first);
    // The login with the first was the last word: what was given before it is over.
    await expect(logIn('client-5', lost)).rejects.toMatchObject(refused);
    await expect(logIn('client-5', second)).rejects.toMatchObject(refused);
    const third = await secretFor('client-5', first, 'renew');
    await logIn('client-5', third);
    await expect(logIn('client-5', first)).rejects.toMatchObject(refused);
    expect((await ask('renew', first, request('client-5'))).status).toBe(401);
  });

  it('separates two PCs that are one client, by the credential that both have', async () => {
    const shared = await secretFor('client-6');
    await logIn('client-6', shared);
    const own = await secretFor('client-6b', shared, 'enrol', { fromClientId: 'client-6' });
    await logIn('client-6b', own);
    await logIn('client-6', shared);
    await expect(logIn('client-6b', shared)).rejects.toMatchObject(refused);
    expect((await ask('enrol', shared, request('client-6b', { fromClientId: 'client-6' }))).body).toMatchObject({ code: 'client-exists' });
    expect((await ask('enrol', token(), request('client-6c', { fromClientId: 'client-6' }))).status).toBe(401);
  });

  it.each([
    ['a wrong token', () => ask('enrol', 'not-the-token', request('client-7')), 401],
    ['no token', () => ask('enrol', null, request('client-7')), 401],
    ['another organisation', () => ask('enrol', token(), { ...request('client-7'), organizationId: 'globex' }), 401],
    ['the token as a credential to renew', () => ask('renew', token(), request('client-7')), 401],
    ['an administrator’s token', () => ask('enrol', platform.platform.adminToken, request('client-7')), 401],
    ['a client id that is none', () => ask('enrol', token(), request('a/b')), 400],
    ['no body', () => ask('enrol', token(), undefined), 400],
  ])('refuses %s', async (_, asking, status) => {
    const answer = await asking();
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).not.toContain(token());
    expect((await platform.api('GET', '/api/v1/clients/client-7')).status).toBe(404);
  });

  it('gives a revoked client nothing, neither by the token nor by its secret', async () => {
    const secret = await secretFor('client-8');
    await logIn('client-8', secret);
    await platform.api('POST', '/api/v1/clients/client-8/revoke');
    expect(await ask('renew', secret, request('client-8'))).toMatchObject({ status: 403, body: { code: 'revoked' } });
    expect(await ask('enrol', token(), request('client-8'))).toMatchObject({ status: 403, body: { code: 'revoked' } });
    expect((await ask('enrol', secret, request('client-8b', { fromClientId: 'client-8' }))).status).toBe(403);
    // It must still learn of it.
    await logIn('client-8', secret);
  });

  it('ends a credential that is withdrawn: the connection, the login and the renewal; the token enrols that client again', async () => {
    const secret = await secretFor('client-9');
    const agent = await platform.connect('client-9', { password: secret });
    await agent.presence(online());
    expect((await platform.api('DELETE', '/api/v1/clients/client-9/credential')).status).toBe(204);
    await agent.closed();
    await expect(logIn('client-9', secret)).rejects.toMatchObject(refused);
    expect((await ask('renew', secret, request('client-9'))).status).toBe(401);
    await logIn('client-9', await secretFor('client-9'));
    expect((await platform.api('DELETE', '/api/v1/clients/nobody/credential')).status).toBe(404);
  });

  it('goes on over a restart of the platform, which keeps a hash of it only', async () => {
    const secret = await secretFor('client-10');
    await logIn('client-10', secret);
    await platform.restart();
    await logIn('client-10', secret);
    const files = await filesBelow(platform.folder);
    expect(files.size).toBeGreaterThan(10);
    expect(whereFound({ secret }, files)).toEqual([]);
    expect(whereFound({ hash: createHash('sha256').update(secret).digest('hex') }, files).length).toBeGreaterThan(0);
  });
});

describe('a platform whose credentials are short-lived', () => {
  start({ credentialSeconds: shortSeconds });

  it('lets nobody in with one that ran out, and renews it for as long again', async () => {
    const secret = await secretFor('client-1');
    await logIn('client-1', secret);
    await eventually(
      'the secret ran out',
      () =>
        logIn('client-1', secret).then(
          () => false,
          () => true,
        ),
      3 * shortSeconds * 1000,
    );
    await expect(logIn('client-1', token())).rejects.toMatchObject(refused);
    await logIn('client-1', await secretFor('client-1', secret, 'renew'));
  });
});

describe('a platform that gives certificates', () => {
  start({ credentialKind: 'certificate', mqttsPort: 0 });
  const keys = systemClientKeys();

  /** A certificate for a new key. */
  async function certificateFor(
    clientId: string,
    bearer: string | null = token(),
    action: 'enrol' | 'renew' = 'enrol',
    held?: { certificate: string; privateKey: string },
  ) {
    const { csr, privateKey } = await keys.create({ organizationId: platform.platform.organizationId, clientId });
    const asked = request(clientId, { csr });
    const proof = held && { certificate: held.certificate, signature: await keys.sign(held.privateKey, proofText(action, asked)) };
    const answer = await ask(action, bearer, { ...asked, ...(proof ? { proof } : {}) });
    if (answer.status !== 201) return { answer, certificate: '', privateKey };
    const credential = issuedCredentialSchema.parse(answer.body);
    if (credential.kind !== 'certificate') throw new Error('not a certificate');
    return { answer, certificate: credential.certificate, privateKey };
  }
  const connect = async (clientId: string, held: { certificate: string; privateKey: string }) => {
    const { mqttsUrl } = platform.platform;
    const ca = await readFile(join(platform.folder, 'ca.pem'));
    return platform.connect(clientId, { ca, cert: held.certificate, key: held.privateKey, password: undefined as never }, mqttsUrl ?? '');
  };

  it('asks for a request first, and lets the client in by TLS with what it signs, without a password', async () => {
    expect(await ask('enrol', token(), request('client-1'))).toMatchObject({ status: 422, body: { code: 'csr-required' } });
    const held = await certificateFor('client-1');
    expect(await keys.isCertificateOf(held.certificate, held.privateKey)).toBe(true);
    const certificate = new X509Certificate(held.certificate);
    expect(certificate.subject.split('\n')).toEqual(['O=acme', 'CN=client-1']);
    expect(certificate.ca).toBe(false);
    await (await connect('client-1', held)).end();
    await expect(connect('client-2', held)).rejects.toMatchObject(refused);
    await expect(logIn('client-1', token())).rejects.toMatchObject(refused);
  });

  it('lets nobody in with a certificate that it did not sign', async () => {
    const held = await certificateFor('client-3');
    const { certificate } = await certificateFor('client-4');
    await expect(connect('client-3', { certificate, privateKey: held.privateKey })).rejects.toThrow(/key values mismatch/);
    const other = await LivePlatform.start({ credentialKind: 'certificate' });
    try {
      const { csr, privateKey } = await keys.create({ organizationId: 'acme', clientId: 'client-3' });
      const answer = await other.api('POST', '/client/v1/enrol', { ...request('client-3'), csr }, other.platform.enrollmentToken);
      const foreign = issuedCredentialSchema.parse(answer.body);
      if (foreign.kind !== 'certificate') throw new Error('not a certificate');
      await expect(connect('client-3', { certificate: foreign.certificate, privateKey })).rejects.toMatchObject(refused);
    } finally {
      await other.stop();
    }
  });

  it('renews by a proof of the key that is held, and by nothing less', async () => {
    const first = await certificateFor('client-5');
    await (await connect('client-5', first)).end();
    const stranger = await keys.create({ organizationId: 'acme', clientId: 'client-5' });
    const stolen = { certificate: first.certificate, privateKey: stranger.privateKey };
    expect((await certificateFor('client-5', null, 'renew', stolen)).answer.status).toBe(401);
    expect((await certificateFor('client-5', null, 'renew')).answer.status).toBe(401);
    expect((await certificateFor('client-6', null, 'renew', first)).answer.status).toBe(401);
    const second = await certificateFor('client-5', null, 'renew', first);
    expect(second.answer.status).toBe(201);
    await (await connect('client-5', second)).end();
    await expect(connect('client-5', first)).rejects.toMatchObject(refused);
  });

  it('signs no request that is broken or of another kind of key', async () => {
    const { csr } = await keys.create({ organizationId: 'acme', clientId: 'client-7' });
    const bytes = Buffer.from(csr.replaceAll(/-----[^-]+-----/g, ''), 'base64');
    // Within the last number of its signature.
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 4) ^ 1, bytes.length - 4);
    const broken = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    for (const text of ['no request', broken]) {
      expect(await ask('enrol', token(), request('client-7', { csr: text }))).toMatchObject({ status: 400, body: { code: 'invalid' } });
    }
  });

  it('keeps its key for itself, and shows its certificate', async () => {
    expect((await stat(join(platform.folder, 'authority.json'))).mode & 0o777).toBe(0o600);
    const shown = new X509Certificate(await readFile(join(platform.folder, 'ca.pem')));
    expect(shown.ca).toBe(true);
    const { privateKey } = JSON.parse(await readFile(join(platform.folder, 'authority.json'), 'utf8')) as { privateKey: string };
    expect(createPublicKey(createPrivateKey(privateKey)).equals(shown.publicKey)).toBe(true);
  });
});
