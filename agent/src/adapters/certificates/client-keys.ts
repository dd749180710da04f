import { createPrivateKey, sign, webcrypto, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { ClientKeys, NewClientKey } from '../../ports/index.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const signAsync = promisify(sign);

/** One value of a distinguished name. The contract's ids need no escaping in one. */
const name = ({ organizationId, clientId }: { readonly organizationId: string; readonly clientId: string }) => [
  { O: [organizationId] },
  { CN: [clientId] },
];

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

async function create(subject: { readonly organizationId: string; readonly clientId: string }): Promise<NewClientKey> {
  // Loaded with the first key: most agents never need one, and it is large.
  await import('reflect-metadata');
  const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  // The library's own provider would be a global of the process.
  const request = await Pkcs10CertificateRequestGenerator.create({ name: name(subject), keys, signingAlgorithm: algorithm }, webcrypto);
  return { privateKey: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)), csr: request.toString('pem') };
}

/** Keys by Node's own cryptography, requests by @peculiar/x509. */
export function systemClientKeys(): ClientKeys {
  return {
    create,
    sign: async (privateKey, text) =>
      (await signAsync('sha256', Buffer.from(text), { key: createPrivateKey(privateKey), dsaEncoding: 'ieee-p1363' })).toString('base64url'),
    isCertificateOf: async (certificate, privateKey) => {
      try {
        return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey));
      } catch {
        return false;
      }
    },
  };
}
