import type { ComputerInfo, Host, LocationInfo } from '../../ports/index.ts';

/** A computer and a login session that a test can change. */
export class LabHost implements Host {
  machine = 'machine-1';
  user = 'mads';
  addresses: readonly string[] = ['192.0.2.7'];
  place: LocationInfo | null = { latitude: 55.7, longitude: 12.6, accuracyMetres: 50, source: 'system' };
  /** Groups that were asked for. */
  readonly asked: string[] = [];
  /** A question that is not answered before this resolves. */
  slowness: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<() => void>();

  machineId = async (): Promise<string> => this.machine;
  loginSessionId = async (): Promise<string> => 'login-1';
  userName = (): Promise<string> => this.#answer('userName', () => this.user);
  computer = (): Promise<ComputerInfo> =>
    this.#answer('computer', () => ({
      computerName: 'PC-1',
      osName: 'Windows',
      osVersion: '11',
      ipAddresses: this.addresses,
      domain: null,
      manufacturer: null,
      serialNumber: null,
    }));
  location = (): Promise<LocationInfo | null> => this.#answer('location', () => this.place);

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The network changed. */
  change(): void {
    for (const listener of this.#listeners) listener();
  }

  async #answer<T>(group: string, answer: () => T): Promise<T> {
    this.asked.push(group);
    await this.slowness;
    return answer();
  }
}
