import { createHash } from 'node:crypto';

import { firmwareText, sessionName, textOrNull } from './facts.ts';
import { parseKeyValues } from './key-values.ts';
import { linuxSessions } from './linux-sessions.ts';
import type { HostReaders } from './readers.ts';
import type { SystemHost } from './system.ts';

/**
 * Linux, for development. The serial number is readable for root only and null for others. The domain is the host name's, or the kernel's
 * NIS domain name where one is set.
 */
export function linuxHost({ readFile, system, environment }: HostReaders): SystemHost {
  const read = async (path: string) => textOrNull(await readFile(path));
  const sessions = linuxSessions({ readFile, environment, userId: null });
  let lastAtSeat: string | null = null;

  async function machineId(): Promise<string> {
    for (const path of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
      const id = (await read(path))?.toLowerCase() ?? '';
      // machine-id(5): "uninitialized" or empty until the first boot is over.
      if (/^[0-9a-f]{32}$/.test(id)) return id;
    }
    // A container often has none. Its host name is what tells it from another.
    return createHash('sha256').update(`host name ${system.hostName()}`).digest('hex').slice(0, 32);
  }

  /**
   * The session of this process. One that belongs to none, such as a service, goes by the person at the computer, and at a login screen by the one who was
   * there last: nobody has logged in since.
   */
  async function loginSessionId(): Promise<string> {
    const boot = (await read('/proc/sys/kernel/random/boot_id')) ?? 'no boot id';
    const own = await sessions.own();
    lastAtSeat = own === null ? ((await sessions.atSeat()) ?? lastAtSeat) : null;
    return sessionName(['linux', boot, own ?? lastAtSeat ?? 'no session']);
  }

  async function domain(): Promise<string | null> {
    const name = system.hostName();
    if (name.includes('.')) return textOrNull(name.slice(name.indexOf('.') + 1));
    const kernel = await read('/proc/sys/kernel/domainname');
    return kernel === '(none)' ? null : kernel;
  }

  async function computer() {
    const release = parseKeyValues((await readFile('/etc/os-release')) ?? (await readFile('/usr/lib/os-release')) ?? '');
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
