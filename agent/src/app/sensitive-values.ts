/** What of this computer and this configuration must not leave it in a bundle. */
import { systemClock } from '../adapters/system/index.ts';
import { type Configuration, openHost, openSecrets } from '../app.ts';
import { within } from '../core/diagnostics/check.ts';
import type { SensitiveValues } from '../core/diagnostics/redact.ts';
import type { Host } from '../ports/index.ts';
import { ownNames } from './own-names.ts';

/** The first PowerShell after a login takes seconds; without it the names are known all the same. */
const hostMs = 10_000;

/** Characters; what is shorter is no part of a key that anybody could use. */
const shortestKeyLine = 16;

const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
const values = (names: readonly string[]): readonly string[] =>
  names.flatMap((name) => {
    const value = process.env[name]?.trim() ?? '';
    return value === '' ? [] : [value];
  });

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** User and password of the proxies, as they are written and as they are meant. */
function proxyCredentials(): readonly string[] {
  const urls = values(proxyVariables).map((text) => (text.includes('://') ? text : `http://${text}`));
  return urls
    .filter((text) => URL.canParse(text))
    .flatMap((text) => {
      const { username, password } = new URL(text);
      return [username, decoded(username), password, decoded(password)].filter((part) => part !== '');
    });
}

/** What this client logs in with, as far as this account can read it. A key in PEM form line by line as well: a line of it is enough. */
async function ownSecrets(stateDir: string, host: Host): Promise<readonly string[]> {
  const loaded = await openSecrets(stateDir, host, () => undefined)
    .then((store) => store.load())
    .catch(() => null);
  const held = loaded?.ok === true ? Object.values(loaded.kept?.secrets ?? {}) : [];
  return held.flatMap((value) => [value, ...value.split('\n').filter((line) => line.length >= shortestKeyLine && !line.startsWith('-----'))]);
}

type Holder = Pick<Configuration, 'enrollmentToken' | 'clientName' | 'stateDir'>;

export async function sensitiveValues({ enrollmentToken, clientName, stateDir }: Holder): Promise<SensitiveValues> {
  const host = openHost();
  const computer = await within(systemClock, hostMs, () => host.computer()).catch(() => null);
  const user = await host.userName();
  const own = ownNames();
  const { computerName = '' } = computer?.value ?? {};
  const said = (texts: readonly (string | null)[]): readonly string[] => texts.filter((text) => text !== null && text !== '').map(String);
  return {
    secrets: said([enrollmentToken, ...proxyCredentials(), ...(await ownSecrets(stateDir, host))]),
    // "unknown" is what the host says of an account without a name.
    userNames: said([user, clientName, ...own.userNames]).filter((name) => name !== 'unknown'),
    computerNames: said([...own.computerNames, computerName, computerName.split('.')[0] ?? '']),
    addresses: computer?.value.ipAddresses ?? [],
  };
}
