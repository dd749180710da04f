import { createHash } from 'node:crypto';

import { firmwareText, sessionName, textOrNull } from './facts.ts';
import type { HostReaders } from './readers.ts';
import type { SystemHost } from './system.ts';

/** Audit session id of a process that belongs to no login: (uid_t)-1. */
const noSession = '4294967295';

/** `KEY=value` lines with shell quoting, os-release(5). */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Z0-9_]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^"'\s]*))\s*$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1], match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3] ?? match[4] ?? '');
  }
  return values;
}

/**
 * Linux, for development. The serial number is readable for root only and null for others. The domain is the host name's, or the kernel's
 * NIS domain name where one is set.
 */
export function linuxHost({ readFile, system, environment }: HostReaders): SystemHost {
  const read = async (path: string) => textOrNull(await readFile(path));

  async function machineId(): Promise<string> {
    for (const path of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
      const id = (await read(path))?.toLowerCase() ?? '';
      // machine-id(5): "uninitialized" or empty until the first boot is over.
      if (/^[0-9a-f]{32}$/.test(id)) return id;
    }
    // A container often has none. Its host name is what tells it from another.
    return createHash('sha256').update(`host name ${system.hostName()}`).digest('hex').slice(0, 32);
  }

  async function loginSessionId(): Promise<string> {
    const boot = (await read('/proc/sys/kernel/random/boot_id')) ?? 'no boot id';
    const audit = await read('/proc/self/sessionid');
    const session = audit === null || audit === noSession ? (textOrNull(environment['XDG_SESSION_ID']) ?? 'no session') : audit;
    return sessionName(['linux', boot, session]);
  }

  async function domain(): Promise<string | null> {
    const name = system.hostName();
    if (name.includes('.')) return textOrNull(name.slice(name.indexOf('.') + 1));
    const kernel = await read('/proc/sys/kernel/domainname');
    return kernel === '(none)' ? null : kernel;
  }

  async function computer() {
    const release = parseOsRelease((await readFile('/etc/os-release')) ?? (await readFile('/usr/lib/os-release')) ?? '');
    return {
      computerName: system.hostName(),
      osName: release.get('NAME') ?? 'Linux',
      // Rolling distributions have no version of their own.
      osVersion: release.get('VERSION_ID') ?? system.release(),
      domain: await domain(),
      manufacturer: firmwareText(await readFile('/sys/class/dmi/id/sys_vendor')),
      serialNumber: firmwareText(await readFile('/sys/class/dmi/id/product_serial')),
    };
  }

  return { machineId, loginSessionId, computer };
}
