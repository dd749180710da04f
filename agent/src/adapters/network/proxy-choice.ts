import { type Log, NetworkSettingError, type ProxyFor } from '../../ports/index.ts';
import { isExempt } from './no-proxy.ts';
import { systemCode } from '../node/index.ts';

export interface ProxySources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The system's proxy for an `https://` URL, as `http://host:port` or `https://host:port`, or null for none. */
  readonly systemProxy?: (url: string) => Promise<string | null>;
  readonly log: Log;
}

/** The one choice of a proxy for all that the agent says over a network: NO_PROXY, then HTTPS_PROXY, then the system's. */
export function createProxyChoice(sources: ProxySources): ProxyFor {
  return async (url) => {
    const { hostname, port } = new URL(url);
    const target = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 443 : Number(port) };
    if (isExempt(setting(sources, 'NO_PROXY'), target)) return null;
    const configured = setting(sources, 'HTTPS_PROXY');
    if (configured !== '') return checked(configured, 'HTTPS_PROXY');
    const system = await askSystem(url, sources);
    return system === null || system === '' ? null : checked(system, 'the system proxy');
  };
}

function setting({ environment }: ProxySources, name: 'NO_PROXY' | 'HTTPS_PROXY'): string {
  const [upper, lower] = [environment[name], environment[name.toLowerCase()]];
  return (upper === undefined || upper === '' ? lower : upper)?.trim() ?? '';
}

async function askSystem(url: string, { systemProxy, log }: ProxySources): Promise<string | null> {
  if (systemProxy === undefined) return null;
  try {
    return await systemProxy(url);
  } catch (error) {
    log.warn('the system proxy could not be asked for: connecting without one', { code: systemCode(error) });
    return null;
  }
}

function checked(text: string, source: string): string {
  const url = text.includes('://') ? text : `http://${text}`;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.hostname === '') {
    throw new NetworkSettingError('proxy', `${source} is not a proxy URL such as http://proxy.example:3128`);
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw new NetworkSettingError('proxy', `${source} is a ${parsed.protocol}// proxy: only http:// and https:// are supported`);
  }
  return parsed.href;
}
