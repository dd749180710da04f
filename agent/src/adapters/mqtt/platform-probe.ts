import { X509Certificate } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { CancelSignal, Clock } from '@jpd/protocol';
import type { CertificateFacts, ConnectOptions, PlatformProbe, TlsFacts } from '../../ports/index.ts';
import { startDeadline } from './deadline.ts';
import { asConnectError, networkFailure } from './transport/network-failure.ts';
import { openTunnel } from './transport/proxy-tunnel.ts';
import { proxyOf, type Route, type TlsContexts } from './transport/route.ts';
import { openTcp, startTls } from './transport/sockets.ts';
import { parseTarget, type Target } from './transport/target.ts';

export interface PlatformProbeOptions extends Route, Pick<ConnectOptions, 'url' | 'tls'> {
  readonly clock: Clock;
}

/** The caller has its own limit; this one is for a caller that hasn't. */
const longestMs = 30_000;

/** Walks the way of `createMqttLink` step by step, and stops before the first byte of WebSocket or MQTT. */
export function createPlatformProbe(options: PlatformProbeOptions): PlatformProbe {
  const { url, tls, clock } = options;
  const chosen = async (): Promise<{ readonly target: Target; readonly proxy: URL | null }> => {
    const target = parseTarget(url);
    return { target, proxy: await asConnectError(proxyOf(target, options)) };
  };
  const during = async <T>(cancel: CancelSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const deadline = startDeadline(cancel, clock, longestMs);
    try {
      return await work(deadline.signal);
    } finally {
      deadline.release();
    }
  };
  const open = async (target: Target, proxy: URL | null, contexts: TlsContexts | null, signal: AbortSignal): Promise<Duplex> =>
    proxy === null || contexts === null
      ? openTcp(target, signal)
      : openTunnel(proxy, target, { signal, secureContext: contexts.proxy, now: () => clock.now() });
  return {
    proxy: async () => {
      const { proxy } = await chosen();
      return proxy === null ? null : `${proxy.protocol}//${proxy.host}`;
    },
    resolve: async () => {
      const { target, proxy } = await chosen();
      const name = proxy === null ? target.host : proxy.hostname.replace(/^\[(.*)\]$/, '$1');
      return { name, addresses: isIP(name) === 0 ? await addressesOf(name) : [] };
    },
    reach: async (cancel) => {
      const { target, proxy } = await chosen();
      const contexts = target.secure ? await asConnectError(options.loadTls(tls)) : null;
      const raw = await during(cancel, (signal) => open(target, proxy, contexts, signal));
      // The stream outlives the step that opened it.
      raw.on('error', () => undefined);
      return {
        secure:
          contexts === null
            ? null
            : (cancelTls) =>
                during(cancelTls, async (signal) => factsOf(await startTls(raw, target, contexts.platform, signal), await ownCertificates(tls))),
        close: () => {
          raw.destroy();
        },
      };
    },
  };
}

async function addressesOf(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw networkFailure(name, error);
  }
}

function factsOf(secured: Duplex, own: readonly CertificateFacts[]): TlsFacts {
  if (!(secured instanceof TLSSocket)) throw new TypeError('TLS was not started');
  const protocol = secured.getProtocol() ?? 'TLS';
  return { protocol, certificates: [...chainOf(secured.getPeerCertificate(true)), ...own] };
}

function chainOf(leaf: DetailedPeerCertificate): readonly CertificateFacts[] {
  const chain: CertificateFacts[] = [];
  // The root is its own issuer.
  for (
    let certificate: DetailedPeerCertificate | undefined = leaf;
    certificate?.raw !== undefined;
    certificate = certificate.issuerCertificate === certificate ? undefined : certificate.issuerCertificate
  ) {
    chain.push(certificateFacts('platform', new X509Certificate(certificate.raw)));
  }
  return chain;
}

async function ownCertificates({ caFile, certFile }: ConnectOptions['tls']): Promise<readonly CertificateFacts[]> {
  const files = [
    { of: 'tls.caFile', file: caFile },
    { of: 'tls.certFile', file: certFile },
  ];
  const read = files.map(async ({ of, file }) => (file === null ? [] : [certificateFacts(of, new X509Certificate(await readFile(file)))]));
  return (await Promise.all(read)).flat();
}

function certificateFacts(of: string, certificate: X509Certificate): CertificateFacts {
  const { subject, issuer, validFrom, validTo, subjectAltName } = certificate;
  const name = commonName(subject) ?? subjectAltName ?? 'without a name';
  return { of, name, issuer: commonName(issuer) ?? 'without a name', validFrom: Date.parse(validFrom), validTo: Date.parse(validTo) };
}

/** Node writes a name with one attribute on each line. */
function commonName(distinguished: string): string | null {
  const attributes = (distinguished ?? '').split('\n');
  const found = ['CN=', 'O=', 'OU='].map((type) => attributes.find((attribute) => attribute.startsWith(type))).find((text) => text !== undefined);
  return found === undefined ? null : found.slice(found.indexOf('=') + 1);
}
