import { ConnectError, errorCode } from '../errors.ts';
import type { Log } from '../../../ports/index.ts';
import { isExempt } from './no-proxy.ts';
import { authority, type Target } from './target.ts';

export interface ProxySources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The system's proxy for an `https://` URL, as `http://host:port` or `https://host:port`, or null for none. */
  readonly systemProxy?: (url: string) => Promise<string | null>;
  readonly log: Log;
}

/**
 * The HTTP proxy for a target, or null: NO_PROXY, then HTTPS_PROXY, then the system's. Plain `mqtt://` and `ws://` go to this computer
 * only and never through a proxy. Throws a ConnectError where what is configured can't be used; its text never shows user or password.
 */
export async function chooseProxy(target: Target, sources: ProxySources): Promise<URL | null> {
  if (!target.secure || isExempt(setting(sources, 'NO_PROXY'), target)) return null;
  const configured = setting(sources, 'HTTPS_PROXY');
  if (configured !== '') return parseProxy(configured, 'HTTPS_PROXY');
  const system = await askSystem(target, sources);
  return system === null || system === '' ? null : parseProxy(system, 'the system proxy');
}

function setting({ environment }: ProxySources, name: 'NO_PROXY' | 'HTTPS_PROXY'): string {
  const [upper, lower] = [environment[name], environment[name.toLowerCase()]];
  return (upper === undefined || upper === '' ? lower : upper)?.trim() ?? '';
}

async function askSystem(target: Target, { systemProxy, log }: ProxySources): Promise<string | null> {
  if (systemProxy === undefined) return null;
  try {
    // Always as https: proxy settings and PAC files name proxies for the schemes a browser knows.
    return await systemProxy(`https://${authority(target)}/`);
  } catch (error) {
    log.warn('the system proxy could not be asked for: connecting without one', { code: errorCode(error) });
    return null;
  }
}

function parseProxy(text: string, source: string): URL {
  const url = text.includes('://') ? text : `http://${text}`;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.hostname === '') throw new ConnectError('network', `${source} is not a proxy URL such as http://proxy.example:3128`);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw new ConnectError('network', `${source} is a ${parsed.protocol}// proxy: only http:// and https:// are supported`);
  }
  return parsed;
}
