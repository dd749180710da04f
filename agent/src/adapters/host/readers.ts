import type { RegistryReader } from '../../ports/registry.ts';

/** An address of a network interface, as `os.networkInterfaces()` lists it. */
export interface InterfaceAddress {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly internal: boolean;
}

/** What Node's os module tells. */
export interface SystemFacts {
  hostName(): string;
  /** Version of the kernel, `6.1.0-18-amd64` or `10.0.22631`. */
  release(): string;
  /** Null where the account has no name (a user id without an entry, in a container). */
  userName(): string | null;
  addresses(): readonly InterfaceAddress[];
}

/** Everything this adapter knows of its surroundings, so that one system's answers can be played on another. */
export interface HostReaders {
  /** Text of a file, null where it cannot be read. */
  readonly readFile: (path: string) => Promise<string | null>;
  /** Standard output of a program, null where it doesn't run, fails, or takes longer. No shell is involved. */
  readonly run: (program: string, args: readonly string[], timeoutMs: number) => Promise<string | null>;
  readonly registry: RegistryReader;
  readonly system: SystemFacts;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
