import type { Clock } from '@jpd/protocol';

import type { Host } from '../../ports/host.ts';
import type { SessionSource } from '../../ports/session.ts';
import type { RegistryReader } from '../../ports/registry.ts';
import { AddressWatch } from './address-watch.ts';
import { reachableAddresses } from './addresses.ts';
import { textOrNull } from './facts.ts';
import { linuxHost } from './linux.ts';
import { nodeReaders } from './node-readers.ts';
import type { HostReaders } from './readers.ts';
import { sessionSourceOf, watchFolder } from './session-source.ts';
import { windowsHost } from './windows.ts';

/** The computer that `readers` read; on systems other than Windows and Linux as far as Linux's files go. */
export function hostOf(platform: NodeJS.Platform, readers: HostReaders, clock: Clock): Host {
  const { system, environment } = readers;
  const ipAddresses = () => reachableAddresses(system.addresses());
  const own = platform === 'win32' ? windowsHost(readers) : linuxHost(readers);
  const watch = new AddressWatch(clock, ipAddresses);
  return {
    machineId: own.machineId,
    loginSessionId: own.loginSessionId,
    userName: () =>
      Promise.resolve(textOrNull(system.userName()) ?? textOrNull(environment['USERNAME']) ?? textOrNull(environment['USER']) ?? 'unknown'),
    computer: async () => ({ ...(await own.computer()), ipAddresses: ipAddresses() }),
    /** Null everywhere so far: on Windows, Windows.Devices.Geolocation would tell, with the user's consent, through a native module. */
    location: () => Promise.resolve(null),
    onChange: (listener) => watch.subscribe(listener),
  };
}

/** This computer. `onChange` looks for another set of addresses every five minutes. */
export function createHost(options: {
  readonly platform: NodeJS.Platform;
  readonly registry: RegistryReader;
  readonly environment: HostReaders['environment'];
  readonly clock: Clock;
}): Host {
  return hostOf(options.platform, nodeReaders(options.registry, options.environment), options.clock);
}

/** The login session of this process. */
export function createSessionSource(options: {
  readonly platform: NodeJS.Platform;
  readonly registry: RegistryReader;
  readonly environment: HostReaders['environment'];
}): SessionSource {
  const { readFile, run, environment } = nodeReaders(options.registry, options.environment);
  return sessionSourceOf(options.platform, { readFile, run, environment, userId: process.getuid?.() ?? null, watchFolder });
}
