const unknownAuthority = 'its certificate is signed by an unknown authority: set tls.caFile to the certificate of your own authority';
const clientCertificateWanted = 'it wants a client certificate: set tls.certFile and tls.keyFile';
const clientCertificateRefused = 'it refuses the client certificate of tls.certFile';
const oldTls = 'it offers no TLS 1.2 or newer';
const notReached = 'it can not be reached: check network, firewall and URL';

/** What to do about an error of the system or of OpenSSL, by its code. */
const advice: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is unknown: check the URL and the DNS settings',
  EAI_AGAIN: 'its name can not be resolved now: check the network and the DNS settings',
  ECONNREFUSED: 'it refuses connections: check the port, and that the service runs',
  ECONNRESET: 'it closed the connection: check the port, and firewalls between',
  EPIPE: 'it closed the connection: check the port, and firewalls between',
  ETIMEDOUT: notReached,
  EHOSTUNREACH: notReached,
  ENETUNREACH: notReached,
  EADDRNOTAVAIL: notReached,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  CERT_HAS_EXPIRED: "its certificate has expired: renew it, and check this computer's clock",
  CERT_NOT_YET_VALID: "its certificate is not valid yet: check this computer's clock",
  CERT_REVOKED: 'its certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name: check the URL',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: check the port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS: check the port',
  ERR_SSL_UNSUPPORTED_PROTOCOL: oldTls,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: oldTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: clientCertificateWanted,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: `it broke off the TLS handshake; perhaps ${clientCertificateWanted}`,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: clientCertificateRefused,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: clientCertificateRefused,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: clientCertificateRefused,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: clientCertificateRefused,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: clientCertificateRefused,
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: clientCertificateRefused,
};

/** What is wrong with a peer, and what to do, by the code of an error of the system or of OpenSSL (`ECONNREFUSED`); null where the code tells nothing. */
export function networkAdvice(code: string): string | null {
  return advice[code] ?? null;
}
