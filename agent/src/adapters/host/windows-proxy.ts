import type { RegistryReader } from '../../ports/registry.ts';

type Values = ReadonlyMap<string, string | number>;

const settingsPath = String.raw`Software\Microsoft\Windows\CurrentVersion\Internet Settings`;
const policyKey = String.raw`HKLM\Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings`;

/** The registry doesn't mind the case of names. */
function valueOf(values: Values, name: string): string | number | undefined {
  for (const [key, value] of values) if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}

const textOf = (values: Values, name: string): string => String(valueOf(values, name) ?? '').trim();

/** One entry of the exceptions: `<local>` for names without a dot, else a host with `*` for anything. */
function isException(entry: string, host: string): boolean {
  if (entry === '<local>') return !host.includes('.') && !host.includes(':');
  const pattern = entry
    .replace(/^[a-z]+:\/\//, '')
    .split('*')
    .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(host);
}

/** `host:port` for every scheme, or `http=…;https=…` with one for each. */
function serverFor(servers: string): string | null {
  const entries = servers.split(';').filter((entry) => entry !== '');
  const named = entries.find((entry) => entry.toLowerCase().startsWith('https='));
  if (named !== undefined) return named.slice('https='.length);
  return entries.find((entry) => !entry.includes('=')) ?? null;
}

/** What Internet Settings say of an `https://` URL: the proxy's URL, null for none. */
export function proxyOf(settings: Values, url: string): string | null {
  if (valueOf(settings, 'ProxyEnable') !== 1) return null;
  const host = new URL(url).hostname.toLowerCase();
  const exceptions = textOf(settings, 'ProxyOverride').toLowerCase().split(';');
  if (exceptions.some((entry) => entry.trim() !== '' && isException(entry.trim(), host))) return null;
  const server = serverFor(textOf(settings, 'ProxyServer'))?.trim() ?? '';
  if (server === '') return null;
  return server.includes('://') ? server : `http://${server}`;
}

/**
 * The proxy that Windows is set to for an `https://` URL: the account's, or the computer's where a policy makes it one for all.
 * A script (`AutoConfigURL`) or automatic discovery is not evaluated: `HTTPS_PROXY` stands in for those.
 */
export async function windowsProxy(registry: RegistryReader, url: string): Promise<string | null> {
  const perUser = valueOf(await registry.values(policyKey), 'ProxySettingsPerUser') !== 0;
  return proxyOf(await registry.values(`${perUser ? 'HKCU' : 'HKLM'}\\${settingsPath}`), url);
}
