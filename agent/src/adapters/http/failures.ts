import { networkAdvice } from '../../core/network-advice.ts';
import { HttpError, NetworkSettingError } from '../../ports/index.ts';

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/**
 * An error of the system, of OpenSSL or of Node's parser as one of the port. `peer` says who answered or should have, such as `the server example.org:443`.
 * `isHandshake`: while TLS was set up, when all that isn't the system's (`ECONNRESET`) is about certificates.
 */
export function httpFailure(peer: string, error: unknown, isHandshake = false): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof NetworkSettingError) return new HttpError(error.code === 'tls' ? 'tls' : 'network', error.message, { cause: error });
  const code = codeOf(error);
  // A server says no to a client certificate only after TLS 1.3's handshake is done.
  const isTls = code !== null && (isHandshake ? !/^E[A-Z]+$/.test(code) : code.startsWith('ERR_SSL_'));
  const advice = code === null ? null : networkAdvice(code);
  // A library's own text is left out: nobody vouches that it holds no secret.
  const message = `${peer}: ${advice ?? (isTls ? 'TLS failed' : 'the connection failed')}${code === null ? '' : ` (${code})`}`;
  return new HttpError(isTls ? 'tls' : 'network', message, { cause: error });
}
