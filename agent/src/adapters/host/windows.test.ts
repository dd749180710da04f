import { expect, test } from 'vitest';

import type { HostReaders } from './readers.ts';
import { windowsHost } from './windows.ts';

type Values = Readonly<Record<string, string | number>>;

/** The shapes that Windows 11 answers with, shortened to what is read. */
const registry: Readonly<Record<string, Values>> = {
  'HKLM\\SOFTWARE\\Microsoft\\Cryptography': { MachineGuid: '6F9619FF-8B86-D011-B42D-00C04FC964FF' },
  'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion': {
    ProductName: 'Windows 10 Pro',
    CurrentBuild: '22631',
    CurrentMajorVersionNumber: 10,
    CurrentMinorVersionNumber: 0,
    UBR: 4460,
    DisplayVersion: '23H2',
  },
  'HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS': { SystemManufacturer: 'Dell Inc.', SystemProductName: 'Latitude 7440' },
  'HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters': { Domain: 'acme.example', 'NV Domain': 'acme.example' },
  'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Windows': { ShutdownTime: '8d3b1c5a2f10db01' },
  'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters': { BootId: 214 },
};
const logonId = '\r\nS-1-5-5-0-1234567\r\n';

interface Changes {
  readonly registry?: Readonly<Record<string, Values>>;
  readonly whoami?: string | null;
  readonly serial?: readonly (string | null)[];
  readonly environment?: HostReaders['environment'];
  readonly broken?: boolean;
}

function hostWith(changes: Changes = {}) {
  const runs: { readonly program: string; readonly args: readonly string[]; readonly timeoutMs: number }[] = [];
  const serials = [...(changes.serial ?? ['ABC1234\r\n'])];
  const keys = { ...registry, ...changes.registry };
  const host = windowsHost({
    readFile: () => Promise.reject(new Error('no file is read on Windows')),
    run: (program, args, timeoutMs) => {
      runs.push({ program, args, timeoutMs });
      return Promise.resolve(program.endsWith('whoami.exe') ? (changes.whoami === undefined ? logonId : changes.whoami) : (serials.shift() ?? null));
    },
    registry: {
      values: (key) => (changes.broken ? Promise.reject(new Error('registry is broken')) : Promise.resolve(new Map(Object.entries(keys[key] ?? {})))),
    },
    system: { hostName: () => 'DESK-12', release: () => '10.0.22631', userName: () => 'jane', addresses: () => [] },
    environment: changes.environment ?? { SystemRoot: 'D:\\Windows' },
  });
  return { host, runs };
}

const versionKey = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';
const networkKey = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters';

test('the computer is described from the registry, its serial number from PowerShell', async () => {
  const { host, runs } = hostWith();
  expect(await host.computer()).toEqual({
    computerName: 'DESK-12',
    osName: 'Windows 11 Pro',
    osVersion: '10.0.22631.4460',
    domain: 'acme.example',
    manufacturer: 'Dell Inc.',
    serialNumber: 'ABC1234',
  });
  expect(runs.map(({ program }) => program)).toEqual(['D:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe']);
  expect(runs[0]?.args).toContain('-NonInteractive');
});

test('Windows 10 stays Windows 10', async () => {
  const values = { ProductName: 'Windows 10 Enterprise', CurrentBuild: '19045', UBR: 5131 };
  expect(await hostWith({ registry: { [versionKey]: values } }).host.computer()).toMatchObject({
    osName: 'Windows 10 Enterprise',
    osVersion: '10.0.19045.5131',
  });
});

test('the domain of the environment stands in for the registry’s, and a workgroup has none', async () => {
  const workgroup = { [networkKey]: { Domain: '', 'NV Domain': '' } };
  expect(await hostWith({ registry: workgroup }).host.computer()).toMatchObject({ domain: null });
  expect(await hostWith({ registry: workgroup, environment: { USERDNSDOMAIN: 'ACME.EXAMPLE' } }).host.computer()).toMatchObject({
    domain: 'acme.example',
  });
});

test('a registry that cannot be read leaves what Node knows', async () => {
  expect(await hostWith({ broken: true, serial: [null] }).host.computer()).toEqual({
    computerName: 'DESK-12',
    osName: 'Windows',
    osVersion: '10.0.22631',
    domain: null,
    manufacturer: null,
    serialNumber: null,
  });
});

test('the serial number is asked for once, and again only after a failure', async () => {
  const { host, runs } = hostWith({ serial: [null, 'ABC1234\r\n', 'never asked'] });
  expect(await Promise.all([host.computer(), host.computer()])).toMatchObject([{ serialNumber: null }, { serialNumber: null }]);
  expect(runs).toHaveLength(1);
  for (let time = 0; time < 3; time++) expect(await host.computer()).toMatchObject({ serialNumber: 'ABC1234' });
  expect(runs).toHaveLength(2);
});

test('a filler of the firmware is no serial number', async () => {
  const { host, runs } = hostWith({ serial: ['To Be Filled By O.E.M.\r\n'] });
  expect(await host.computer()).toMatchObject({ serialNumber: null });
  expect(await host.computer()).toMatchObject({ serialNumber: null });
  expect(runs).toHaveLength(1);
});

test('the machine id is the MachineGuid', async () => {
  expect(await hostWith().host.machineId()).toBe('6f9619ff-8b86-d011-b42d-00c04fc964ff');
});

test('without a MachineGuid there is no machine id, rather than another one', async () => {
  await expect(hostWith({ broken: true }).host.machineId()).rejects.toMatchObject({
    code: 'machine-id-unavailable',
    cause: { message: 'registry is broken' },
  });
  const none = hostWith({ registry: { 'HKLM\\SOFTWARE\\Microsoft\\Cryptography': {} } });
  await expect(none.host.machineId()).rejects.toMatchObject({ name: 'HostError', code: 'machine-id-unavailable' });
});

test('the login session is named by the logon SID and the boot', async () => {
  const idOf = (changes: Changes) => hostWith(changes).host.loginSessionId();
  const name = await idOf({});
  expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  expect(await idOf({ whoami: 'S-1-5-5-0-1234567' })).toBe(name);
  const others = await Promise.all([
    idOf({ whoami: 'S-1-5-5-0-7654321\r\n' }),
    idOf({ whoami: null }),
    idOf({ whoami: null, environment: { SESSIONNAME: 'Console' } }),
    idOf({ registry: { 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters': { BootId: 215 } } }),
    idOf({ registry: { 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Windows': { ShutdownTime: '0000000000000001' } } }),
  ]);
  expect(new Set([name, ...others]).size).toBe(6);
});

test('programs are run from the system folder, each with a time-out', async () => {
  const { host, runs } = hostWith({ environment: {} });
  await host.loginSessionId();
  await host.computer();
  expect(runs.map(({ program }) => program)).toEqual([
    'C:\\Windows\\System32\\whoami.exe',
    'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  ]);
  for (const { timeoutMs } of runs) expect(timeoutMs).toBeLessThanOrEqual(20_000);
});
