import { expect, test } from 'vitest';

import { parseKeyValues } from './key-values.ts';
import { linuxHost } from './linux.ts';
import type { HostReaders, SystemFacts } from './readers.ts';

const debian = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
ID=debian
`;
const files = {
  '/etc/machine-id': '3d1219c7c4c5404aaa1f6d2a48adfda4\n',
  '/proc/sys/kernel/random/boot_id': '11111111-2222-4333-8444-555555555555\n',
  '/proc/self/sessionid': '7',
  '/etc/os-release': debian,
  '/sys/class/dmi/id/sys_vendor': 'LENOVO\n',
  '/sys/class/dmi/id/product_serial': 'PF3ABCDE\n',
  '/proc/sys/kernel/domainname': '(none)\n',
};
type Files = Readonly<Record<string, string>>;

function hostWith(
  changed: Files = {},
  removed: readonly string[] = [],
  system: Partial<SystemFacts> = {},
  environment: HostReaders['environment'] = {},
) {
  const all: Files = { ...files, ...changed };
  return linuxHost({
    readFile: (path) => Promise.resolve(removed.includes(path) ? null : (all[path] ?? null)),
    run: () => Promise.reject(new Error('nothing is run on Linux')),
    registry: { values: () => Promise.reject(new Error('no registry on Linux')) },
    system: { hostName: () => 'desk-12', release: () => '6.1.0', userName: () => 'jane', addresses: () => [], ...system },
    environment,
  });
}

test('the computer is described from os-release and the firmware’s tables', async () => {
  expect(await hostWith().computer()).toEqual({
    computerName: 'desk-12',
    osName: 'Debian GNU/Linux',
    osVersion: '12',
    domain: null,
    manufacturer: 'LENOVO',
    serialNumber: 'PF3ABCDE',
  });
});

test('what the system does not tell is null, and the kernel stands in for a distribution without a version', async () => {
  expect(await hostWith({}, Object.keys(files)).computer()).toEqual({
    computerName: 'desk-12',
    osName: 'Linux',
    osVersion: '6.1.0',
    domain: null,
    manufacturer: null,
    serialNumber: null,
  });
});

test('the domain is the host name’s, else the kernel’s', async () => {
  expect(await hostWith({}, [], { hostName: () => 'desk.acme.example' }).computer()).toMatchObject({ domain: 'acme.example' });
  expect(await hostWith({ '/proc/sys/kernel/domainname': 'acme\n' }).computer()).toMatchObject({ domain: 'acme' });
});

test.each(['To be filled by O.E.M.', 'Default string', 'System Serial Number', 'None', '0', '00000000', '  ', '........'])(
  'the serial number %j is none',
  async (text) => {
    expect(await hostWith({ '/sys/class/dmi/id/product_serial': text }).computer()).toMatchObject({ serialNumber: null });
  },
);

test('the machine id comes from the first file that has one', async () => {
  expect(await hostWith().machineId()).toBe('3d1219c7c4c5404aaa1f6d2a48adfda4');
  const dbus = 'aaaabbbbccccddddaaaabbbbccccdddd';
  for (const unset of ['', 'uninitialized\n']) {
    expect(await hostWith({ '/etc/machine-id': unset, '/var/lib/dbus/machine-id': dbus }).machineId()).toBe(dbus);
  }
});

test('without a machine id the host name makes one', async () => {
  const idOf = (name: string) => hostWith({}, ['/etc/machine-id'], { hostName: () => name }).machineId();
  expect(await idOf('a')).toMatch(/^[0-9a-f]{32}$/);
  expect(await idOf('a')).toBe(await idOf('a'));
  expect(await idOf('a')).not.toBe(await idOf('b'));
});

test('another login or another boot is another login session, and the name reveals neither', async () => {
  const name = await hostWith().loginSessionId();
  expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  expect(name).not.toContain('1111');
  expect(await hostWith().loginSessionId()).toBe(name);
  expect(await hostWith({ '/proc/self/sessionid': '8' }).loginSessionId()).not.toBe(name);
  expect(await hostWith({ '/proc/sys/kernel/random/boot_id': 'other' }).loginSessionId()).not.toBe(name);
});

test('outside of an audit session the desktop’s session id tells logins apart', async () => {
  const unset = { '/proc/self/sessionid': '4294967295' };
  const idOf = (XDG_SESSION_ID: string) => hostWith(unset, [], {}, { XDG_SESSION_ID }).loginSessionId();
  expect(await idOf('c1')).not.toBe(await idOf('c2'));
  expect(await hostWith(unset).loginSessionId()).toMatch(/^[0-9a-f]{32}$/);
});

test('os-release is read with its quotes, escapes and comments', () => {
  const text = '# NAME=no\nNAME=Arch\nA="x \\"y\\" \\$z"\nB=\'q "r"\'\nEMPTY=\nbroken line\nC="open\n';
  expect(Object.fromEntries(parseKeyValues(text))).toEqual({ NAME: 'Arch', A: 'x "y" $z', B: 'q "r"', EMPTY: '' });
});
