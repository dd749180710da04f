import 'reflect-metadata';
import { createPrivateKey, createPublicKey, verify, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { systemClientKeys } from './client-keys.ts';

const subject = { organizationId: 'acme', clientId: '6f1c2a34-0000-4000-8000-000000000001' };
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

describe('keys of a client', () => {
  it('are requested a certificate for under the client’s name, with a proof that the key is there', async () => {
    const { csr, privateKey } = await systemClientKeys().create(subject);
    const request = new Pkcs10CertificateRequest(csr);
    expect(await request.verify(webcrypto)).toBe(true);
    expect(request.subject).toBe(`O=acme, CN=${subject.clientId}`);
    const publicKey = createPublicKey(createPrivateKey(privateKey));
    expect(publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(Buffer.from(request.publicKey.rawData)).toEqual(publicKey.export({ type: 'spki', format: 'der' }));
  });

  it('are in no part of the request, and another one each time', async () => {
    const keys = systemClientKeys();
    const [one, two] = [await keys.create(subject), await keys.create(subject)];
    expect(one.privateKey).not.toBe(two.privateKey);
    const { d = '' } = createPrivateKey(one.privateKey).export({ format: 'jwk' });
    const requestBytes = Buffer.from(one.csr.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    expect(d).not.toBe('');
    expect(requestBytes.includes(Buffer.from(d, 'base64url'))).toBe(false);
  });

  it('sign a text as the contract says: r and s, 64 bytes, base64url', async () => {
    const keys = systemClientKeys();
    const { privateKey } = await keys.create(subject);
    const signature = await keys.sign(privateKey, 'Grüße\nto the platform');
    expect(signature).toMatch(/^[A-Za-z0-9_-]{86}$/);
    const key = { key: createPublicKey(createPrivateKey(privateKey)), dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', Buffer.from('Grüße\nto the platform'), key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(verify('sha256', Buffer.from('Grüße\nto the platform.'), key, Buffer.from(signature, 'base64url'))).toBe(false);
  });

  it('are told from those of another certificate, and from what is none', async () => {
    const keys = systemClientKeys();
    const [ours, others] = [await keys.create(subject), await keys.create(subject)];
    const authority = await webcrypto.subtle.generateKey(ecdsa, false, ['sign', 'verify']);
    const request = new Pkcs10CertificateRequest(ours.csr);
    const certificate = await X509CertificateGenerator.create(
      { subject: 'CN=somebody', issuer: 'CN=authority', publicKey: request.publicKey, signingKey: authority.privateKey, signingAlgorithm: ecdsa },
      webcrypto,
    );
    const text = certificate.toString('pem');
    expect(await keys.isCertificateOf(text, ours.privateKey)).toBe(true);
    expect(await keys.isCertificateOf(text, others.privateKey)).toBe(false);
    expect(await keys.isCertificateOf('-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----', ours.privateKey)).toBe(false);
    expect(await keys.isCertificateOf(text, 'no key')).toBe(false);
  });
});
