import type { SecureContext } from 'node:tls';
import type { ProxyFor, TlsFiles } from '../../../ports/index.ts';
import { authority, type Target } from './target.ts';

/** For the platform, with the client certificate where there is one; and for an `https://` proxy, which has no business with that. */
export interface TlsContexts {
  readonly platform: SecureContext;
  readonly proxy: SecureContext;
}

/** What the ways to the platform are made of. */
export interface Route {
  readonly proxyFor: ProxyFor;
  /** Rejects with a NetworkSettingError. */
  readonly loadTls: (files: TlsFiles) => Promise<TlsContexts>;
}

/** Plain `mqtt://` and `ws://` go to this computer only and never through a proxy. */
export async function proxyOf(target: Target, { proxyFor }: Pick<Route, 'proxyFor'>): Promise<URL | null> {
  if (!target.secure) return null;
  // Always as https: proxy settings and PAC files name proxies for the schemes a browser knows.
  const proxy = await proxyFor(`https://${authority(target)}/`);
  return proxy === null ? null : new URL(proxy);
}
