import { ConnectError, errorCode } from '../errors.ts';

const UNKNOWN_AUTHORITY = 'its certificate is signed by an unknown authority: set tls.caFile to the certificate of your own authority';
const CLIENT_CERTIFICATE_WANTED = 'it wants a client certificate: set tls.certFile and tls.keyFile';
const CLIENT_CERTIFICATE_REFUSED = 'it refuses the client certificate of tls.certFile';
const OLD_TLS = 'it offers no TLS 1.2 or newer';
const NOT_REACHED = 'it can not be reached: check network, firewall and URL';

/** What to do about an error of the system or of OpenSSL, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is unknown: check the URL and the DNS settings',
  EAI_AGAIN: 'its name can not be resolved now: check the network and the DNS settings',
  ECONNREFUSED: 'it refuses connections: check the port, and that the service runs',
  ECONNRESET: 'it closed the connection: check the port, and firewalls between',
  EPIPE: 'it closed the connection: check the port, and firewalls between',
  ETIMEDOUT: NOT_REACHED,
  EHOSTUNREACH: NOT_REACHED,
  ENETUNREACH: NOT_REACHED,
  EADDRNOTAVAIL: NOT_REACHED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_SIGNATURE_FAILURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: "its certificate has expired: renew it, and check this computer's clock",
  CERT_NOT_YET_VALID: "its certificate is not valid yet: check this computer's clock",
  CERT_REVOKED: 'its certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name: check the URL',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: check the port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS: check the port',
  ERR_SSL_UNSUPPORTED_PROTOCOL: OLD_TLS,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: OLD_TLS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: CLIENT_CERTIFICATE_WANTED,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: `it broke off the TLS handshake; perhaps ${CLIENT_CERTIFICATE_WANTED}`,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: CLIENT_CERTIFICATE_REFUSED,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: CLIENT_CERTIFICATE_REFUSED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: CLIENT_CERTIFICATE_REFUSED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: CLIENT_CERTIFICATE_REFUSED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: CLIENT_CERTIFICATE_REFUSED,
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: CLIENT_CERTIFICATE_REFUSED,
};

/** A failure below MQTT. `peer` says who answered or should have, such as `the platform example.org:443`. */
export function networkFailure(peer: string, error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = errorCode(error);
  const advice = code === null ? undefined : ADVICE[code];
  // A library's own text is left out: nobody vouches that it holds no secret.
  return new ConnectError('network', `${peer}: ${advice ?? 'the connection failed'}${code === null ? '' : ` (${code})`}`, { cause: error });
}
