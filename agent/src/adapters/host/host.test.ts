import { existsSync } from 'node:fs';
import { hostname } from 'node:os';

import { VirtualClock } from '@jpd/protocol/virtual';
import { expect, test } from 'vitest';

import { reachableAddresses } from './addresses.ts';
import { createHost, hostOf } from './host.ts';
import { nodeReaders } from './node-readers.ts';
import type { HostReaders, InterfaceAddress } from './readers.ts';

const noRegistry: HostReaders['registry'] = { values: () => Promise.resolve(new Map<string, string>()) };
const v4 = (address: string, internal = false): InterfaceAddress => ({ address, family: 'IPv4', internal });
const v6 = (address: string, internal = false): InterfaceAddress => ({ address, family: 'IPv6', internal });

function setUp(userName: string | null = 'jane', environment: HostReaders['environment'] = {}) {
  const state: { addresses: readonly InterfaceAddress[] } = { addresses: [v4('10.0.0.5')] };
  const clock = new VirtualClock();
  const readers: HostReaders = {
    readFile: () => Promise.resolve(null),
    run: () => Promise.resolve(null),
    registry: noRegistry,
    system: { hostName: () => 'desk', release: () => '6.1', userName: () => userName, addresses: () => state.addresses },
    environment,
  };
  return { state, clock, host: hostOf('linux', readers, clock) };
}

test('loopback and link-local addresses are left out, and the order of the interfaces does not matter', () => {
  const addresses = [
    v6('2001:DB8::5'),
    v4('192.168.1.7'),
    v4('127.0.0.1', true),
    v6('::1', true),
    v4('169.254.3.4'),
    v6('fe80::1'),
    v6('febf::1'),
    v4('10.0.0.5'),
    v6('fd00::1'),
  ];
  const expected = ['10.0.0.5', '192.168.1.7', '2001:db8::5', 'fd00::1'];
  expect(reachableAddresses(addresses)).toEqual(expected);
  expect(reachableAddresses([...addresses.toReversed(), v4('10.0.0.5')])).toEqual(expected);
});

test('a change of address is told to everyone who listens, within five minutes and once', async () => {
  const { state, clock, host } = setUp();
  const told = [0, 0];
  host.onChange(() => (told[0] = (told[0] ?? 0) + 1));
  const end = host.onChange(() => (told[1] = (told[1] ?? 0) + 1));
  await clock.advance(600_000);
  expect(told).toEqual([0, 0]);
  state.addresses = [v4('10.0.0.6')];
  await clock.advance(300_000);
  expect(told).toEqual([1, 1]);
  expect(await host.computer()).toMatchObject({ ipAddresses: ['10.0.0.6'] });
  end();
  state.addresses = [];
  await clock.advance(900_000);
  expect(told).toEqual([2, 1]);
});

test('nothing is looked at while nobody listens, nor reported that happened meanwhile', async () => {
  const { state, clock, host } = setUp();
  expect(clock.pendingTimers).toBe(0);
  host.onChange(() => undefined)();
  expect(clock.pendingTimers).toBe(0);
  state.addresses = [v4('10.0.0.6')];
  let told = 0;
  host.onChange(() => (told += 1));
  await clock.advance(600_000);
  expect(told).toBe(0);
});

test('one function that listens twice is told twice, and each subscription ends by itself', async () => {
  const { state, clock, host } = setUp();
  let told = 0;
  const listener = () => (told += 1);
  const end = host.onChange(listener);
  host.onChange(listener);
  state.addresses = [];
  await clock.advance(300_000);
  expect(told).toBe(2);
  end();
  end();
  state.addresses = [v4('10.0.0.7')];
  await clock.advance(300_000);
  expect(told).toBe(3);
});

test('a listener that ends its subscription when it is told stops the looking', async () => {
  const { state, clock, host } = setUp();
  const end = host.onChange(() => end());
  state.addresses = [];
  await clock.advance(300_000);
  expect(clock.pendingTimers).toBe(0);
});

test('an account without a name is called as the environment calls it', async () => {
  expect(await setUp().host.userName()).toBe('jane');
  expect(await setUp(null, { USERNAME: 'win', USER: 'unix' }).host.userName()).toBe('win');
  expect(await setUp(null, { USER: 'unix' }).host.userName()).toBe('unix');
  expect(await setUp(null).host.userName()).toBe('unknown');
});

test('there is no location yet', async () => {
  expect(await setUp().host.location()).toBeNull();
});

test('this computer answers, and answers the same twice', async ({ skip }) => {
  skip(process.platform !== 'linux', 'reads the files of Linux');
  const create = () => createHost({ platform: 'linux', registry: noRegistry, environment: process.env, clock: new VirtualClock() });
  const [first, second] = [create(), create()];
  expect(await first.machineId()).toMatch(/^[0-9a-f]{32}$/);
  expect(await first.loginSessionId()).toMatch(/^[0-9a-f]{32}$/);
  expect(await second.machineId()).toBe(await first.machineId());
  expect(await second.loginSessionId()).toBe(await first.loginSessionId());
  expect((await first.userName()).length).toBeGreaterThan(0);
  const computer = await first.computer();
  expect(computer.computerName).toBe(hostname());
  expect(computer.osVersion.length).toBeGreaterThan(0);
  if (existsSync('/etc/os-release')) expect(computer.osName).not.toBe('Linux');
  expect(computer.ipAddresses).not.toContain('127.0.0.1');
});

test('a program’s answer is read, and one that fails, is missing, talks too much or hangs is null in time', async () => {
  const { run } = nodeReaders(noRegistry, {});
  const node = (script: string, timeoutMs = 20_000) => run(process.execPath, ['-e', script], timeoutMs);
  expect(await node('process.stdout.write("hello; $HOME")')).toBe('hello; $HOME');
  expect(await node('process.exit(3)')).toBeNull();
  expect(await node('process.stdout.write("x".repeat(1e6))')).toBeNull();
  expect(await run('/no/such/program', [], 1000)).toBeNull();
  const begun = performance.now();
  expect(await node('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)', 300)).toBeNull();
  expect(performance.now() - begun).toBeLessThan(10_000);
}, 30_000);

test('a file that cannot be read is null', async () => {
  const { readFile } = nodeReaders(noRegistry, {});
  expect(await readFile('/no/such/file')).toBeNull();
});
