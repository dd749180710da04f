/** What of this computer and this configuration must not leave it in a bundle. */
import { homedir, hostname } from 'node:os';
import { basename } from 'node:path';
import { systemClock } from '../adapters/system/index.ts';
import { type Configuration, openHost } from '../app.ts';
import { within } from '../core/diagnostics/check.ts';
import type { SensitiveValues } from '../core/diagnostics/redact.ts';

/** The first PowerShell after a login takes seconds; without it the names are known all the same. */
const hostMs = 10_000;

const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
const nameVariables = ['USER', 'LOGNAME', 'USERNAME', 'SUDO_USER'];
const homeVariables = ['HOME', 'USERPROFILE'];
const computerVariables = ['COMPUTERNAME', 'HOSTNAME'];

/** Where accounts of services live, which have no home of their own. */
const nobodysHomes = ['tmp', 'temp', 'nonexistent'];

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

/** The name of a computer, and the one without its domain. */
const namesOf = (computer: string): readonly string[] => [computer, computer.split('.')[0] ?? ''];

export async function sensitiveValues({ enrollmentToken, clientName }: Configuration): Promise<SensitiveValues> {
  const host = openHost();
  const computer = await within(systemClock, hostMs, () => host.computer()).catch(() => null);
  const user = await host.userName();
  const homes = [homedir(), ...values(homeVariables)].map((path) => basename(path.replaceAll('\\', '/')));
  const owners = homes.filter((name) => !nobodysHomes.includes(name.toLowerCase()));
  const computers = [hostname(), computer?.value.computerName ?? '', ...values(computerVariables)].flatMap(namesOf);
  const said = (texts: readonly (string | null)[]): readonly string[] => texts.filter((text) => text !== null && text !== '').map(String);
  return {
    secrets: said([enrollmentToken, ...proxyCredentials()]),
    // "unknown" is what the host says of an account without a name.
    userNames: said([user, clientName, ...values(nameVariables), ...owners]).filter((name) => name !== 'unknown'),
    computerNames: said(computers).filter((name) => name.toLowerCase() !== 'localhost'),
    addresses: computer?.value.ipAddresses ?? [],
  };
}
