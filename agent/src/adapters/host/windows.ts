import { win32 } from 'node:path';

import { HostError } from './errors.ts';
import { firmwareText, sessionName, textOrNull } from './facts.ts';
import type { HostReaders } from './readers.ts';
import type { SystemHost } from './system.ts';

const keys = {
  cryptography: 'HKLM\\SOFTWARE\\Microsoft\\Cryptography',
  version: 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion',
  firmware: 'HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS',
  network: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters',
  /** ShutdownTime: FILETIME of the last orderly shutdown, so the same from one boot to the next shutdown. */
  shutdown: 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Windows',
  /** BootId: counts the boots. */
  boots: 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters',
} as const;

const whoamiTimeoutMs = 5_000;
/** The first PowerShell after a login takes seconds. */
const powershellTimeoutMs = 20_000;

/** ProductName still says Windows 10 on Windows 11, whose builds begin here. */
const firstWindows11Build = 22_000;

/** Windows, read from the registry where it can be: programs are slow, and their words are translated. */
export function windowsHost({ run, registry, system, environment }: HostReaders): SystemHost {
  let serialNumber: Promise<string | null> | null = null;

  /** The values of a key by their names in lower case, none where it cannot be read. */
  async function values(key: string): Promise<ReadonlyMap<string, string | number>> {
    const found = await registry.values(key).catch(() => new Map<string, string | number>());
    return new Map([...found].map(([name, value]) => [name.toLowerCase(), value]));
  }

  /** Not by a search in PATH, which a user may lengthen. */
  const systemProgram = (...names: readonly string[]) => win32.join(environment['SystemRoot'] ?? 'C:\\Windows', 'System32', ...names);

  async function machineId(): Promise<string> {
    // Not `values`: another id for a registry that fails once would make another client of this computer.
    const found = await registry.values(keys.cryptography).catch((error: unknown) => {
      throw new HostError('machine-id-unavailable', 'The machine id (MachineGuid) cannot be read from the registry', { cause: error });
    });
    const guid = textOrNull([...found].find(([name]) => name.toLowerCase() === 'machineguid')?.[1]);
    if (guid === null) throw new HostError('machine-id-unavailable', 'The registry holds no machine id (MachineGuid)');
    return guid.toLowerCase();
  }

  /**
   * The logon SID (S-1-5-5-x-y) names a logon until the next boot, and two marks of the boot tell boots apart. The boot's time would do neither
   * well: it is the clock less the uptime, and moves whenever the clock is set.
   */
  async function loginSessionId(): Promise<string> {
    const output = await run(systemProgram('whoami.exe'), ['/logonid'], whoamiTimeoutMs);
    const logon = /\bS-1-5-5-[0-9]+-[0-9]+\b/.exec(output ?? '')?.[0] ?? `no logon SID, ${environment['SESSIONNAME'] ?? 'no session'}`;
    const [shutdown, boots] = await Promise.all([values(keys.shutdown), values(keys.boots)]);
    return sessionName(['windows', logon, String(boots.get('bootid') ?? ''), String(shutdown.get('shutdowntime') ?? '')]);
  }

  async function askSerialNumber(): Promise<string | null> {
    const command = '(Get-CimInstance -ClassName Win32_BIOS -Property SerialNumber).SerialNumber';
    const powershell = systemProgram('WindowsPowerShell', 'v1.0', 'powershell.exe');
    const answer = await run(powershell, ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', command], powershellTimeoutMs);
    // It doesn't change while the agent runs, and asking is dear; a question that failed is asked again.
    if (answer === null) serialNumber = null;
    return firmwareText(answer);
  }

  async function computer() {
    serialNumber ??= askSerialNumber();
    const [version, firmware, network, serial] = await Promise.all([values(keys.version), values(keys.firmware), values(keys.network), serialNumber]);
    const build = textOrNull(version.get('currentbuild'));
    const product = textOrNull(version.get('productname')) ?? 'Windows';
    const numbers = [version.get('currentmajorversionnumber') ?? 10, version.get('currentminorversionnumber') ?? 0, build, version.get('ubr')];
    return {
      computerName: system.hostName(),
      osName: Number(build) >= firstWindows11Build ? product.replace(/^Windows 10\b/, 'Windows 11') : product,
      osVersion: build === null ? system.release() : numbers.filter((part) => (part ?? null) !== null).join('.'),
      domain:
        textOrNull(network.get('domain')) ?? textOrNull(network.get('nv domain')) ?? textOrNull(environment['USERDNSDOMAIN'])?.toLowerCase() ?? null,
      manufacturer: firmwareText(firmware.get('systemmanufacturer')),
      serialNumber: serial,
    };
  }

  return { machineId, loginSessionId, computer };
}
