import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Authority {
  /** PEM file of the authority's own certificate. */
  readonly caFile: string;
  /** For servers on the loopback addresses and `localhost`; `hosts` replaces these, as `DNS:name` or `IP:address`. */
  readonly issueServer: (options?: { readonly hosts?: readonly string[] }) => Promise<Certificate>;
  /** For a client; a broker may take `commonName` for the user name. */
  readonly issueClient: (commonName: string) => Promise<Certificate>;
}

const LOOPBACK = ['IP:127.0.0.1', 'IP:::1', 'DNS:localhost'] as const;
/** Elliptic keys: an RSA key would take up to a second each. */
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;

/** A certificate authority made now, by the `openssl` program, with all its files in `folder`. Everything is valid for a day. */
export async function createAuthority(folder: string, commonName: string): Promise<Authority> {
  const ca = files(folder);
  await run('openssl', ['req', '-x509', ...NEW_KEY, '-days', '1', '-subj', subject(commonName), '-keyout', ca.keyFile, '-out', ca.certFile]);

  const issue = async (name: string, extensions: string): Promise<Certificate> => {
    const made = files(folder);
    const [request, extensionFile] = [join(folder, `${randomUUID()}.csr`), join(folder, `${randomUUID()}.ext`)];
    await writeFile(extensionFile, extensions);
    await run('openssl', ['req', '-new', ...NEW_KEY, '-subj', subject(name), '-keyout', made.keyFile, '-out', request]);
    const signing = ['-CA', ca.certFile, '-CAkey', ca.keyFile, '-CAcreateserial', '-days', '1', '-extfile', extensionFile];
    await run('openssl', ['x509', '-req', '-in', request, ...signing, '-out', made.certFile]);
    return made;
  };

  return {
    caFile: ca.certFile,
    issueServer: ({ hosts = LOOPBACK } = {}) => issue('lab server', `subjectAltName=${hosts.join(',')}\nextendedKeyUsage=serverAuth\n`),
    issueClient: (clientName) => issue(clientName, 'extendedKeyUsage=clientAuth\n'),
  };
}

function files(folder: string): Certificate {
  const name = randomUUID();
  return { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
}

function subject(commonName: string): string {
  return `/CN=${commonName.replaceAll(/[\\/]/g, String.raw`\$&`)}`;
}
