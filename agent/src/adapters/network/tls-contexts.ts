import { readFile } from 'node:fs/promises';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { NetworkSettingError, type TlsFiles } from '../../ports/index.ts';
import { systemReason } from '../node/index.ts';

export interface TlsContexts {
  /** For the platform, with the client certificate where there is one. */
  readonly platform: SecureContext;
  /** For an `https://` proxy and any other server, which have no business with the client certificate. */
  readonly proxy: SecureContext;
}

/** Reads the files of `tls.*`, at each attempt so that a renewed certificate is taken up; throws a NetworkSettingError that names the setting at fault. */
export async function loadTlsContexts(files: TlsFiles): Promise<TlsContexts> {
  if ((files.certFile === null) !== (files.keyFile === null)) {
    throw new NetworkSettingError('tls', 'tls.certFile and tls.keyFile belong together: set both or none');
  }
  // One after the other: of several that can't be read, the same is named each time.
  const ca = await read(files.caFile, 'tls.caFile');
  const cert = await read(files.certFile, 'tls.certFile');
  const key = await read(files.keyFile, 'tls.keyFile');
  requirePem(ca, 'tls.caFile');
  requirePem(cert, 'tls.certFile');
  // `ca` replaces Node's own list, which the private authority is only to be added to; without one the default list keeps NODE_EXTRA_CA_CERTS.
  const trust = { minVersion: 'TLSv1.2' as const, ...(ca === null ? {} : { ca: [...rootCertificates, ca] }) };
  const proxy = context(trust, 'tls.caFile');
  const { clientCertificate = null } = files;
  if (clientCertificate !== null) {
    const { certificate, privateKey } = clientCertificate;
    return { proxy, platform: context({ ...trust, cert: certificate, key: privateKey }, 'the certificate that the platform gave') };
  }
  return { proxy, platform: cert === null || key === null ? proxy : context({ ...trust, cert, key }, 'tls.certFile with tls.keyFile') };
}

function context(options: Parameters<typeof createSecureContext>[0], setting: string): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    throw new NetworkSettingError('tls', `${setting} can not be used (${systemReason(error)}): check that the files hold what they should`, {
      cause: error,
    });
  }
}

async function read(path: string | null, setting: string): Promise<string | null> {
  if (path === null) return null;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new NetworkSettingError('tls', `${setting} can not be read (${systemReason(error)}): ${path}`, { cause: error });
  }
}

/** Node takes a file without certificates for an empty list and says nothing. */
function requirePem(text: string | null, setting: string): void {
  if (text !== null && !text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new NetworkSettingError('tls', `${setting} holds no certificate: it must be in PEM form`);
  }
}
