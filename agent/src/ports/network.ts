/**
 * The HTTP proxy for an `https://` URL, as `http://host:port` or `https://host:port` with user and password where it wants them; null for none.
 * Rejects with `NetworkSettingError`. What is plain goes to this computer only, and never through a proxy: nobody asks for it.
 */
export type ProxyFor = (url: string) => Promise<string | null>;

/** A client certificate that isn't in files: PEM, with the key that it is of. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** PEM files of the configuration, and what the platform gave beside them. */
export interface TlsFiles {
  /** Added to the authorities that are known. */
  readonly caFile: string | null;
  /** Both or none. */
  readonly certFile: string | null;
  readonly keyFile: string | null;
  /** Goes before `certFile`. */
  readonly clientCertificate?: ClientCertificate | null;
}

/** What is configured for the network can't be used. The message names the setting, and shows no user or password. */
export class NetworkSettingError extends Error {
  override readonly name = 'NetworkSettingError';
  readonly code: 'proxy' | 'tls';

  constructor(code: 'proxy' | 'tls', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
