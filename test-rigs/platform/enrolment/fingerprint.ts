import { createHash } from 'node:crypto';

/** Names a certificate: SHA-256 of its bytes, lower-case hex. */
export function fingerprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}
