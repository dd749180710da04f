/** What this computer and the account of this process are called, as far as the process knows without asking anyone. */
import { homedir, hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import type { OwnNames } from '../core/privacy/scrubber.ts';

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

/** Some accounts of containers have no name. */
function accountName(): readonly string[] {
  try {
    return [userInfo().username];
  } catch {
    return [];
  }
}

/** The name of a computer, and the one without its domain. */
const namesOf = (computer: string): readonly string[] => [computer, computer.split('.')[0] ?? ''];

export function ownNames(): OwnNames {
  const homes = [homedir(), ...values(homeVariables)].map((path) => basename(path.replaceAll('\\', '/')));
  const owners = homes.filter((name) => !nobodysHomes.includes(name.toLowerCase()));
  const computers = [hostname(), ...values(computerVariables)].flatMap(namesOf);
  return {
    userNames: [...accountName(), ...values(nameVariables), ...owners].filter((name) => name !== ''),
    computerNames: computers.filter((name) => name !== '' && name.toLowerCase() !== 'localhost'),
  };
}
