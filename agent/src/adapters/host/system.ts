import type { ComputerInfo } from '../../ports/host.ts';

/** What differs between the systems; `host.ts` adds what doesn't. */
export interface SystemHost {
  readonly machineId: () => Promise<string>;
  readonly loginSessionId: () => Promise<string>;
  readonly computer: () => Promise<Omit<ComputerInfo, 'ipAddresses'>>;
}
