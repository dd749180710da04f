import { z } from 'zod';

import { idSchema, textSchema } from './common.ts';

/** Below the platform's address for clients (`apiUrl`); both are POST with JSON both ways. docs/contract.md says what they mean. */
export const clientApiPaths = { enrol: 'client/v1/enrol', renew: 'client/v1/renew' } as const;

/** How a client asked with a certificate: over TLS nobody would see it behind a proxy that ends TLS. */
const certificateProofSchema = z.object({
  /** The one that is held, PEM. */
  certificate: textSchema.max(16_384),
  /** Over `proofText`, by its key: ECDSA P-256 with SHA-256, r and s, base64url. */
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/, { error: 'must be 64 bytes as base64url' }),
});

/**
 * Asks for a credential of its own. `Authorization: Bearer` carries the enrolment token, or the secret that is held; with a certificate there is
 * none, and `proof` instead.
 */
export const credentialRequestSchema = z.object({
  organizationId: idSchema,
  /** Whom the credential is for. */
  clientId: idSchema,
  clientVersion: textSchema.max(100),
  /** PKCS #10, PEM. */
  csr: textSchema.max(8_192).exactOptional(),
  /** Enrol only: a client that is enrolled asks for another, because two PCs were found to be this one. */
  fromClientId: idSchema.exactOptional(),
  proof: certificateProofSchema.exactOptional(),
});

/** Seconds from now, so that it doesn't matter what the PC's clock says. Ten years at most. */
const validSecondsSchema = z.int().min(1).max(315_576_000);

/** What the client logs in with from now on. */
export const issuedCredentialSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('secret'),
    secret: z.string().regex(/^[\x21-\x7e]{16,1024}$/, { error: 'must be 16 to 1024 printable ASCII characters' }),
    validSeconds: validSecondsSchema,
  }),
  z.object({
    kind: z.literal('certificate'),
    /** PEM: the client's own first, then what leads to the authority. */
    certificate: z
      .string()
      .max(65_536)
      .regex(/-----BEGIN CERTIFICATE-----/, { error: 'must hold a certificate in PEM form' }),
    validSeconds: validSecondsSchema,
  }),
]);

/** Codes that a client tells apart; any other says what the status says. */
export const clientApiRefusals = ['csr-required', 'client-exists', 'revoked'] as const;

export const clientApiErrorSchema = z.object({ code: textSchema.max(100), message: z.string().max(1_000) });

export type CredentialRequest = z.infer<typeof credentialRequestSchema>;
export type IssuedCredential = z.infer<typeof issuedCredentialSchema>;

/** What the key of a certificate signs to show that it is there. */
export function proofText(
  action: keyof typeof clientApiPaths,
  { organizationId, clientId, fromClientId = '', csr = '' }: Pick<CredentialRequest, 'organizationId' | 'clientId' | 'fromClientId' | 'csr'>,
): string {
  return ['jabra-client-v1', action, organizationId, fromClientId, clientId, csr].join('\n');
}

/** The JSON of an answer; null where it is none. */
export function answerOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return null;
  }
}
