import { connect as connectNet, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { untilAborted } from '../deadline.ts';
import { networkFailure } from './network-failure.ts';
import { authority, type Target } from './target.ts';

export function openTcp(target: Target, signal: AbortSignal): Promise<Socket> {
  return untilAborted(signal, (resolve, reject) => {
    const socket = connectNet({ host: target.host, port: target.port, noDelay: true });
    // Stays: an error that comes after the promise was settled must still have a listener.
    socket.on('error', (error) => reject(networkFailure(`the platform ${authority(target)}`, error)));
    socket.once('connect', () => resolve(socket));
    return () => socket.destroy();
  });
}

/** TLS over `raw`, always verified: nothing in the configuration or the environment turns it off. */
export function startTls(raw: Duplex, target: Target, secureContext: SecureContext, signal: AbortSignal): Promise<Duplex> {
  return untilAborted(signal, (resolve, reject) => {
    const socket = connectTls({
      socket: raw,
      secureContext,
      host: target.host,
      rejectUnauthorized: true,
      // RFC 6066: no address in the server name.
      ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
      ...(target.webSocket ? { ALPNProtocols: ['http/1.1'] } : {}),
    });
    socket.on('error', (error) => reject(networkFailure(`the platform ${authority(target)}`, error)));
    socket.once('secureConnect', () => resolve(socket));
    return () => {
      socket.destroy();
      raw.destroy();
    };
  });
}
