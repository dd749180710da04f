import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces, release, userInfo } from 'node:os';

import type { RegistryReader } from '../../ports/registry.ts';
import type { HostReaders, InterfaceAddress, SystemFacts } from './readers.ts';

const maxOutputBytes = 65_536;

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

const system: SystemFacts = {
  hostName: hostname,
  release,
  userName,
  addresses: () => Object.values(networkInterfaces()).flatMap((addresses): readonly InterfaceAddress[] => addresses ?? []),
};

function run(program: string, args: readonly string[], timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    // SIGKILL: a program that hangs may not listen to anything gentler.
    const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: maxOutputBytes, windowsHide: true } as const;
    execFile(program, [...args], options, (error, output) => resolve(error ? null : output));
  });
}

/** This computer. */
export function nodeReaders(registry: RegistryReader, environment: HostReaders['environment']): HostReaders {
  return { readFile: (path) => readFile(path, 'utf8').catch(() => null), run, registry, system, environment };
}
