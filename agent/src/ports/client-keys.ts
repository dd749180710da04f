/** A key pair that was made here, and the request for a certificate of it. */
export interface NewClientKey {
  /** PKCS #8, PEM. It is kept in the secret store and never sent. */
  readonly privateKey: string;
  /** PKCS #10, PEM, signed by that key. */
  readonly csr: string;
}

/** Key pairs of a client: elliptic, P-256. */
export interface ClientKeys {
  create(subject: { readonly organizationId: string; readonly clientId: string }): Promise<NewClientKey>;
  /** ECDSA with SHA-256 over the text's UTF-8 bytes: r and s, 64 bytes, as base64url. */
  sign(privateKey: string, text: string): Promise<string>;
  /** Whether the first certificate of this PEM text is one of that key. False for what can't be read. */
  isCertificateOf(certificate: string, privateKey: string): Promise<boolean>;
}
