import { isIP } from 'node:net';
import { ConnectError } from '../errors.ts';

/** Where a platform URL leads. */
export interface Target {
  readonly secure: boolean;
  readonly webSocket: boolean;
  /** Name or address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query of the WebSocket request. */
  readonly path: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };

/** Reads `mqtts://`, `wss://`, and `mqtt://` and `ws://` of loopback addresses (contract section 1); throws a ConnectError otherwise. */
export function parseTarget(url: string): Target {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const defaultPort = parsed === null ? undefined : DEFAULT_PORTS[parsed.protocol];
  if (parsed === null || defaultPort === undefined || parsed.hostname === '') {
    throw new ConnectError('network', 'the platform URL is not usable: it begins with wss:// or mqtts:// and names a host');
  }
  const secure = parsed.protocol === 'wss:' || parsed.protocol === 'mqtts:';
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  // The configuration refuses it too; here it keeps the token from going over a network in the clear.
  if (!secure && !isLoopback(host)) {
    throw new ConnectError('network', `${parsed.protocol}// is for this computer only: use wss:// or mqtts:// for ${host}`);
  }
  return {
    secure,
    webSocket: parsed.protocol === 'ws:' || parsed.protocol === 'wss:',
    host,
    port: parsed.port === '' ? defaultPort : Number(parsed.port),
    path: `${parsed.pathname === '' ? '/' : parsed.pathname}${parsed.search}`,
  };
}

/** `host:port` as HTTP and messages want it. */
export function authority({ host, port }: Pick<Target, 'host' | 'port'>): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
