import { describe, expect, it } from 'vitest';
import { AgentLab } from './testing/agent-lab.ts';
import { policyOf } from './testing/bodies.ts';
import { copyOf, textOf } from './testing/disks.ts';

const apiUrl = 'https://platform.example/';
const dayMs = 86_400_000;
const minuteMs = 60_000;
const enrolUrl = 'https://platform.example/client/v1/enrol';
const refusal = (status: number, code: string) => ({ status, body: { code, message: code } });

/** What the newest attempt showed. */
const shown = (lab: AgentLab) => {
  const { password, tls, clientId, userName } = lab.platform.attempts.at(-1) ?? {};
  return { password, certificate: tls?.clientCertificate?.certificate ?? null, clientId, userName };
};
const notAuthorized = { kind: 'not-authorized', reasonCode: 0x87, retryAfterMs: null, message: 'not authorized' } as const;

describe('a client on a bare broker', () => {
  it('shows the token as its password, and asks nobody for anything', async () => {
    const lab = new AgentLab();
    await lab.start();
    expect(shown(lab)).toMatchObject({ password: 'token', certificate: null });
    expect(lab.clientApi.calls).toEqual([]);
    expect(lab.log.errors).toEqual([]);
  });

  it('keeps the token for itself once enrolled, so that the configuration may lose it', async () => {
    const lab = new AgentLab();
    await lab.start();
    const { clientId } = lab.agent;
    await lab.restart({ enrollmentToken: null });
    expect(shown(lab)).toMatchObject({ password: 'token', clientId });
    await lab.restart({ organizationId: 'globex' });
    expect(shown(lab)).toMatchObject({ password: null });
    expect(lab.secrets.kept).toBeNull();
  });

  it('begins although nothing can be kept', async () => {
    const lab = new AgentLab();
    lab.secrets.full = true;
    await lab.start();
    expect(shown(lab).password).toBe('token');
    expect(lab.log.errors).toHaveLength(1);
  });

  it('shows no kept token beside a certificate of the administrator', async () => {
    const lab = new AgentLab();
    await lab.start();
    await lab.restart({ enrollmentToken: null, tls: { caFile: null, certFile: '/c', keyFile: '/k' } });
    expect(shown(lab)).toMatchObject({ password: null, certificate: null });
    await lab.restart({ apiUrl, enrollmentToken: 'token' });
    expect(shown(lab).password).toBe('token');
    expect(lab.clientApi.calls).toEqual([]);
  });
});

describe('a client of a platform that gives credentials', () => {
  it('exchanges the token before it connects, and shows the token to no broker', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    const { clientId } = lab.agent;
    expect(lab.clientApi.calls).toEqual([{ url: enrolUrl, bearer: 'token', request: { organizationId: 'acme', clientId, clientVersion: '0.0.0' } }]);
    expect(lab.platform.attempts.map(({ password }) => password)).toEqual(['issued-secret-no-1']);
    expect(shown(lab)).toMatchObject({ userName: `acme/${clientId}`, clientId });
    expect(lab.agent.documents()).toEqual([]);
  });

  it('keeps nothing of the token but its hash, and the secret in the secret store only', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl, enrollmentToken: 'token' });
    expect(lab.secrets.kept).toMatchObject({ secrets: { secret: 'issued-secret-no-1' }, facts: { kind: 'secret', apiUrl } });
    expect(JSON.stringify(lab.secrets.kept)).not.toContain('token');
    const records = JSON.stringify(await lab.agent.sent());
    const log = JSON.stringify(lab.log.lines);
    for (const text of [await textOf(lab.disk), log, records]) {
      expect(text).not.toContain('issued-secret');
      expect(text).not.toMatch(/"token"/);
    }
    expect(records).toContain('"kind":"enrolment"');
  });

  it('goes on with its secret after a restart, with the token in the configuration and without, and never asks again', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    const { clientId } = lab.agent;
    await lab.restart();
    await lab.restart({ enrollmentToken: null });
    await lab.restart({ enrollmentToken: null, apiUrl: null });
    expect(shown(lab)).toMatchObject({ password: 'issued-secret-no-1', clientId });
    expect(lab.clientApi.calls).toHaveLength(1);
  });

  it('takes a certificate for a key that it makes where the platform gives these, and sends the key to nobody', async () => {
    const lab = new AgentLab();
    lab.clientApi.kind = 'certificate';
    await lab.start({ apiUrl });
    expect(lab.clientApi.calls.map(({ request }) => request.csr)).toEqual([undefined, `request of key-1 for ${lab.agent.clientId}`]);
    expect(shown(lab)).toMatchObject({ password: null, certificate: expect.stringContaining('key-1') });
    expect(lab.platform.attempts.at(-1)?.tls.clientCertificate?.privateKey).toBe('key-1');
    expect(lab.secrets.kept?.secrets).toEqual({ privateKey: 'key-1' });
    await lab.restart({ enrollmentToken: null });
    expect(shown(lab)).toMatchObject({ password: null, certificate: expect.stringContaining('key-1') });
    expect(lab.clientApi.calls).toHaveLength(2);
  });

  it('takes no certificate of another key', async () => {
    const lab = new AgentLab();
    lab.clientApi.kind = 'certificate';
    const others = { kind: 'certificate', certificate: '-----BEGIN CERTIFICATE----- key-9 ', validSeconds: 60 };
    lab.clientApi.answers.push(refusal(422, 'csr-required'), { status: 201, body: others });
    await lab.start({ apiUrl }, 0);
    expect(lab.platform.attempts).toEqual([]);
    await lab.clock.advance(minuteMs);
    expect(shown(lab).certificate).toContain('key-');
    expect(shown(lab).certificate).not.toContain('key-9');
  });

  it('waits without a network, shows the token to nobody meanwhile, and exchanges it at once when the network is back', async () => {
    const lab = new AgentLab();
    lab.clientApi.online = false;
    await lab.start({ apiUrl }, 10 * minuteMs);
    expect(lab.platform.attempts).toEqual([]);
    expect(lab.clientApi.calls.length).toBeGreaterThan(3);
    expect(lab.secrets.kept?.secrets).toEqual({ token: 'token' });
    lab.clientApi.online = true;
    lab.agent.networkChanged();
    await lab.clock.advance(1000);
    expect(shown(lab).password).toBe('issued-secret-no-1');
    expect(lab.secrets.kept?.secrets).toEqual({ secret: 'issued-secret-no-1' });
  });

  it('remembers a token that the configuration loses before the first contact', async () => {
    const lab = new AgentLab();
    lab.clientApi.online = false;
    await lab.start({ apiUrl });
    await lab.stop();
    lab.clientApi.online = true;
    await lab.start({ enrollmentToken: null });
    expect(shown(lab).password).toBe('issued-secret-no-1');
  });

  it.each([
    ['a server that is busy', { ...refusal(503, 'busy'), retryAfterMs: 20 * minuteMs }],
    ['an answer that makes no sense', { status: 200, body: 'not JSON' }],
    ['a credential that no password can be', { status: 201, body: { kind: 'secret', secret: 'short', validSeconds: 60 } }],
  ])('tries again after %s', async (_, answer) => {
    const lab = new AgentLab();
    lab.clientApi.answers.push(answer);
    await lab.start({ apiUrl }, 30 * minuteMs);
    expect(lab.platform.attempts.map(({ password }) => password)).toEqual(['issued-secret-no-1']);
  });

  it('waits as long as it was asked to', async () => {
    const lab = new AgentLab();
    lab.clientApi.answers.push({ ...refusal(429, 'slow-down'), retryAfterMs: 20 * minuteMs });
    await lab.start({ apiUrl }, 20 * minuteMs - 1);
    expect(lab.clientApi.calls).toHaveLength(1);
    await lab.clock.advance(1);
    expect(lab.clientApi.calls).toHaveLength(2);
  });

  it('waits the longest interval where its token is refused, and shows it to no broker', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl, enrollmentToken: 'wrong' }, minuteMs - 1);
    expect(lab.clientApi.calls).toHaveLength(1);
    expect(lab.platform.attempts).toEqual([]);
    await lab.clock.advance(1);
    expect(lab.clientApi.calls).toHaveLength(2);
  });

  it('goes on with the token as its password where the platform says that it has no such API, and asks again a day later', async () => {
    const lab = new AgentLab();
    lab.clientApi.answers.push({ status: 404, body: '<html>' });
    await lab.start({ apiUrl });
    expect(shown(lab).password).toBe('token');
    await lab.clock.advance(dayMs);
    expect(lab.clientApi.calls).toHaveLength(2);
    lab.platform.break();
    await lab.clock.advance(5000);
    expect(shown(lab).password).toBe('issued-secret-no-1');
  });

  it('takes another id where the platform knows another client of this one', async () => {
    const lab = new AgentLab();
    await lab.start();
    const { clientId } = lab.agent;
    lab.clientApi.taken.add(clientId);
    await lab.restart({ apiUrl });
    expect(lab.agent.clientId).not.toBe(clientId);
    expect(shown(lab)).toMatchObject({ clientId: lab.agent.clientId, password: 'issued-secret-no-1' });
  });

  it('enrols again with another token, and keeps nothing of what it had', async () => {
    const lab = new AgentLab();
    lab.clientApi.tokens.add('token-2');
    await lab.start({ apiUrl });
    const { clientId } = lab.agent;
    await lab.restart({ enrollmentToken: 'token-2' });
    expect(lab.agent.clientId).not.toBe(clientId);
    expect(lab.clientApi.calls.at(-1)).toMatchObject({ bearer: 'token-2', request: { clientId: lab.agent.clientId } });
    expect(shown(lab)).toMatchObject({ password: 'issued-secret-no-2', clientId: lab.agent.clientId });
  });

  it('forgets its secret when it is revoked, and asks for none until it is enrolled anew', async () => {
    const lab = new AgentLab();
    lab.clientApi.tokens.add('token-2');
    await lab.start({ apiUrl });
    lab.platform.send('policy', policyOf(1, { revoked: true }));
    await lab.clock.advance(5000);
    expect(lab.agent.revoked).toBe(true);
    expect(lab.secrets.kept).toBeNull();
    await lab.restart();
    expect(lab.clientApi.calls).toHaveLength(1);
    expect(lab.platform.attempts).toHaveLength(1);
    await lab.restart({ enrollmentToken: 'token-2' });
    expect(shown(lab).password).toBe('issued-secret-no-2');
  });

  it('goes on with a damaged secret store: with the token again, under another id where its own is taken', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    const { clientId } = lab.agent;
    lab.clientApi.taken.add(clientId);
    lab.secrets.damaged = true;
    await lab.restart();
    expect(shown(lab)).toMatchObject({ password: 'issued-secret-no-2', clientId: lab.agent.clientId });
    expect(lab.agent.clientId).not.toBe(clientId);
  });

  it('does not show a secret before it is kept', async () => {
    const lab = new AgentLab();
    lab.secrets.full = true;
    await lab.start({ apiUrl });
    expect(lab.platform.attempts).toEqual([]);
    lab.secrets.full = false;
    await lab.clock.advance(minuteMs);
    expect(shown(lab).password).toBe(lab.secrets.kept?.secrets['secret']);
    expect(lab.log.errors.length).toBeGreaterThan(0);
  });
});

describe('a credential', () => {
  it.each(['secret', 'certificate'] as const)(
    'is renewed by itself between half and two thirds of its time (%s), and shown from then on',
    async (kind) => {
      const lab = new AgentLab();
      lab.clientApi.kind = kind;
      await lab.start({ apiUrl });
      const asked = lab.clientApi.calls.length;
      await lab.clock.advance(dayMs / 2 - 10_000);
      expect(lab.clientApi.calls).toHaveLength(asked);
      await lab.clock.advance(dayMs / 6 + 10_000);
      expect(lab.clientApi.calls).toHaveLength(asked + 1);
      const { url, bearer, request } = lab.clientApi.calls.at(-1) ?? {};
      expect(url).toBe('https://platform.example/client/v1/renew');
      expect(bearer).toBe(kind === 'secret' ? 'issued-secret-no-1' : null);
      expect(request?.proof?.certificate).toEqual(kind === 'secret' ? undefined : expect.stringContaining('key-1'));
      expect(request?.csr).toEqual(kind === 'secret' ? undefined : expect.stringContaining('key-2'));
      // The connection goes on as it is; the next one shows the new.
      expect(lab.platform.attempts).toHaveLength(1);
      lab.platform.break();
      await lab.clock.advance(5000);
      if (kind === 'secret') expect(shown(lab).password).toBe('issued-secret-no-2');
      else expect(shown(lab).certificate).toContain('key-2');
    },
  );

  it('is renewed after a restart when its time has come, whatever happened in between', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    await lab.stop();
    await lab.clock.advance(dayMs * 0.7);
    await lab.start({ enrollmentToken: null });
    expect(lab.clientApi.calls).toHaveLength(2);
    expect(lab.secrets.kept?.secrets).toEqual({ secret: 'issued-secret-no-2' });
  });

  it('that ran out while the PC was off is renewed before it is shown', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    await lab.stop();
    await lab.clock.advance(dayMs * 3);
    await lab.start({ enrollmentToken: null });
    expect(lab.platform.attempts.map(({ password }) => password)).toEqual(['issued-secret-no-1', 'issued-secret-no-2']);
  });

  it('that seems to have run out is shown all the same where it cannot be renewed: this PC’s clock may be wrong', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    await lab.stop();
    await lab.clock.advance(dayMs * 3);
    lab.clientApi.online = false;
    await lab.start({ enrollmentToken: null });
    expect(shown(lab).password).toBe('issued-secret-no-1');
  });

  it('goes on being renewed until that succeeds', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl, reconnect: { minMs: 1000, maxMs: 60 * minuteMs } });
    lab.clientApi.online = false;
    await lab.clock.advance(dayMs * 0.8);
    expect(lab.clientApi.calls.length).toBeGreaterThan(5);
    lab.clientApi.online = true;
    await lab.clock.advance(60 * minuteMs);
    expect(lab.secrets.kept?.secrets).toEqual({ secret: 'issued-secret-no-2' });
  });

  it('that a platform has lost is asked for again with the token, at once', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    const { clientId } = lab.agent;
    lab.platform.refuse.push(notAuthorized);
    lab.clientApi.valid.clear();
    lab.platform.break();
    await lab.clock.advance(10_000);
    expect(lab.clientApi.calls.at(-1)).toMatchObject({ url: enrolUrl, bearer: 'token' });
    expect(shown(lab)).toMatchObject({ password: 'issued-secret-no-2', clientId });
    expect(lab.platform.connected).toBe(true);
  });

  it('that is refused again and again is asked for once between two connections that were accepted', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    lab.platform.refuse.push(notAuthorized, notAuthorized, notAuthorized);
    lab.platform.break();
    await lab.clock.advance(30 * minuteMs);
    expect(lab.platform.connected).toBe(true);
    expect(lab.clientApi.calls).toHaveLength(2);
  });

  it('that was withdrawn, without a token, waits the longest interval', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    await lab.restart({ enrollmentToken: null });
    lab.clientApi.valid.clear();
    lab.platform.refuse.push(...Array.from({ length: 50 }, () => notAuthorized));
    lab.platform.break();
    await lab.clock.advance(5000);
    const [attempts, calls] = [lab.platform.attempts.length, lab.clientApi.calls.length];
    expect(lab.clientApi.calls.at(-1)).toMatchObject({ bearer: 'issued-secret-no-1' });
    await lab.clock.advance(10 * minuteMs);
    expect(lab.platform.attempts.length - attempts).toBeLessThanOrEqual(10);
    expect(lab.clientApi.calls.length - calls).toBeLessThanOrEqual(10);
  });
});

describe('a state that was copied', () => {
  it('to another machine speaks under another id and never shows the original’s secret', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    const { clientId } = lab.agent;
    await lab.stop();
    lab.host.machine = 'machine-2';
    await lab.start();
    expect(lab.agent.clientId).not.toBe(clientId);
    expect(lab.clientApi.calls.at(-1)).toMatchObject({ bearer: 'token', request: { clientId: lab.agent.clientId } });
    expect(lab.platform.attempts.map(({ password }) => password)).toEqual(['issued-secret-no-1', 'issued-secret-no-2']);
  });

  it('to another machine cannot log in where it has no token', async () => {
    const lab = new AgentLab();
    await lab.start({ apiUrl });
    await lab.stop();
    lab.host.machine = 'machine-2';
    await lab.start({ enrollmentToken: null });
    expect(lab.clientApi.calls).toHaveLength(1);
    expect(shown(lab).password).toBeNull();
    expect(lab.secrets.kept).toBeNull();
  });

  it.each([
    ['a token', 'token', 'secret'],
    ['the secret that both have, without a token', null, 'secret'],
    ['the certificate that both have, without a token', null, 'certificate'],
  ] as const)('with the machine’s id is found out, and takes an id and a credential of its own, with %s', async (_, enrollmentToken, kind) => {
    const original = new AgentLab();
    original.clientApi.kind = kind;
    await original.start({ apiUrl });
    await original.stop();
    const copy = new AgentLab({ beside: original, disk: await copyOf(original.disk) });
    copy.secrets.kept = structuredClone(original.secrets.kept);
    await original.start({ enrollmentToken }, 100);
    const { clientId } = original.agent;
    await copy.start({ apiUrl, enrollmentToken }, 100);
    expect(copy.agent.clientId).toBe(clientId);
    await original.clock.advance(3 * minuteMs);
    expect(copy.agent.clientId).not.toBe(original.agent.clientId);
    const renewed = [original, copy].filter(({ agent }) => agent.clientId !== clientId);
    expect(renewed.length).toBeGreaterThan(0);
    for (const lab of renewed) expect(lab.secrets.kept?.facts['clientId']).toBe(lab.agent.clientId);
    const secrets = [original, copy].map((lab) => JSON.stringify(lab.secrets.kept?.secrets));
    expect(new Set(secrets).size).toBe(2);
    for (const lab of [original, copy]) {
      const after = lab.platform.history.length;
      lab.platform.break();
      await lab.clock.advance(minuteMs);
      expect(lab.platform.history.length).toBeGreaterThan(after);
    }
    expect(original.platform.connected).toBe(true);
  });
});
