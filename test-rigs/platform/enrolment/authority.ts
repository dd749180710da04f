import 'reflect-metadata';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';

import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  type PublicKey,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

import type { ClientRef } from '../client-ref.ts';
import { RequestError } from '../errors.ts';
import { fingerprint } from './fingerprint.ts';

/** PEM both. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** Clocks of brokers and PCs differ. */
const skewMs = 5 * 60_000;
const authorityYears = 10;
const loopback = [
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
  { type: 'dns', value: 'localhost' },
] as const;

function toPem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

const keyPem = async (key: webcrypto.CryptoKey): Promise<string> => toPem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));

/** A new authority, for the data folder. `now`: Unix milliseconds. */
export async function makeAuthority(name: string, now: number): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomBytes(16).toString('hex'),
      name: [{ CN: [name] }],
      notBefore: new Date(now - skewMs),
      notAfter: new Date(now + authorityYears * 365 * dayMs),
      keys,
      signingAlgorithm: algorithm,
      extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: await keyPem(keys.privateKey) };
}

/** The platform's own certificate authority: signs what clients log in with, and its own broker's certificate. */
export class Authority {
  /** PEM. */
  readonly certificate: string;
  readonly #issuer: string;
  readonly #signingKey: webcrypto.CryptoKey;

  private constructor(certificate: string, issuer: string, signingKey: webcrypto.CryptoKey) {
    this.certificate = certificate;
    this.#issuer = issuer;
    this.#signingKey = signingKey;
  }

  static async open({ certificate, privateKey }: KeyPair): Promise<Authority> {
    const der = Buffer.from(privateKey.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    const signingKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
    // One name on each line, the other way round than the library writes it.
    const issuer = new X509Certificate(certificate).subject.split('\n').join(', ');
    return new Authority(certificate, issuer, signingKey);
  }

  /**
   * A certificate for the key of a request. The name is the client's, whatever the request says.
   * @throws RequestError invalid
   */
  async issueClient(
    { organizationId, clientId }: ClientRef,
    csr: string,
    now: number,
    lifetimeMs: number,
  ): Promise<{ pem: string; fingerprint: string }> {
    const request = await readRequest(csr);
    const name = [{ O: [organizationId] }, { CN: [clientId] }];
    return this.#issue(name, request.publicKey, [ExtendedKeyUsage.clientAuth], [], now, lifetimeMs);
  }

  /** For the broker's TLS on this machine's loopback. */
  async issueServer(now: number): Promise<KeyPair> {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const names = [new SubjectAlternativeNameExtension([...loopback])];
    const { pem } = await this.#issue([{ CN: ['jabra-platform'] }], keys.publicKey, [ExtendedKeyUsage.serverAuth], names, now, 365 * dayMs);
    return { certificate: pem, privateKey: await keyPem(keys.privateKey) };
  }

  async #issue(
    subject: readonly Record<string, string[]>[],
    publicKey: webcrypto.CryptoKey | PublicKey,
    usages: ExtendedKeyUsage[],
    extensions: readonly Extension[],
    now: number,
    lifetimeMs: number,
  ): Promise<{ pem: string; fingerprint: string }> {
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: randomBytes(16).toString('hex'),
        subject: [...subject],
        issuer: this.#issuer,
        notBefore: new Date(now - skewMs),
        notAfter: new Date(now + lifetimeMs),
        publicKey,
        signingKey: this.#signingKey,
        signingAlgorithm: algorithm,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension(usages),
          ...extensions,
        ],
      },
      webcrypto,
    );
    return { pem: `${certificate.toString('pem')}\n`, fingerprint: fingerprint(Buffer.from(certificate.rawData)) };
  }
}

async function readRequest(csr: string): Promise<Pkcs10CertificateRequest> {
  let request: Pkcs10CertificateRequest;
  let isProven: boolean;
  try {
    request = new Pkcs10CertificateRequest(csr);
    isProven = await request.verify(webcrypto);
  } catch (cause) {
    throw new RequestError('invalid', 'csr: is no certificate request in PEM form', { cause });
  }
  if (!isProven) throw new RequestError('invalid', 'csr: is not signed by its own key');
  const { name, namedCurve } = { namedCurve: '', ...request.publicKey.algorithm };
  if (name !== 'ECDSA' || namedCurve !== 'P-256') throw new RequestError('invalid', 'csr: must be of an elliptic key, P-256');
  return request;
}
