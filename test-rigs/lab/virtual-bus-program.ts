import type { BusParameters, BusRequestName, BusResult, ListedDevice } from '@jpd/protocol/virtual';
import { type BusConnection, connectBus } from '../virtual/bus-client.ts';
import { type Ended, run, RunningProgram } from './processes.ts';
import { eventually } from './waiting.ts';

type Value = boolean | number | string;

/** `jabra-virtual serve`, and a person at its devices. */
export class VirtualBusProgram {
  readonly socket: string;
  readonly #devices: readonly string[];
  #program: RunningProgram | null = null;
  #connection: BusConnection | null = null;

  /** @param devices as `--device` takes them */
  constructor(socket: string, devices: readonly string[]) {
    this.socket = socket;
    this.#devices = devices;
  }

  async start(): Promise<void> {
    const devices = this.#devices.flatMap((device) => ['--device', device]);
    this.#program = RunningProgram.ours('jabra-virtual', ['serve', '--socket', this.socket, ...devices]);
    await this.#program.prints(/^ready$/m);
    this.#connection = await connectBus(this.socket);
  }

  async stop(): Promise<void> {
    await this.#connection?.close();
    await this.#program?.stop();
    this.#connection = null;
    this.#program = null;
  }

  plug(device: string): Promise<unknown> {
    return this.#ask('plug', { device });
  }

  unplug(device: string): Promise<unknown> {
    return this.#ask('unplug', { device });
  }

  async get(device: string, setting: string): Promise<Value | null> {
    return (await this.#ask('get', { device, setting })).value;
  }

  set(device: string, setting: string, value: Value): Promise<unknown> {
    return this.#ask('set', { device, setting, value });
  }

  battery(device: string, level: number, charging = false): Promise<unknown> {
    return this.#ask('battery', { device, level, charging });
  }

  press(device: string, button: string): Promise<unknown> {
    return this.#ask('press', { device, button });
  }

  /** A headset comes into range of a dongle, switched on; `discoverable`: in pairing mode. */
  air(dongle: string, headset: string, discoverable = true): Promise<unknown> {
    return this.#ask('air', { device: dongle, headset, discoverable });
  }

  fault(device: string, kind: string, count = 1): Promise<unknown> {
    return this.#ask('fault', { device, kind, count });
  }

  async device(serial: string): Promise<ListedDevice> {
    const found = (await this.#ask('list', {})).find((device) => device.serial === serial);
    if (!found) throw new Error(`there is no ${serial} on the bus`);
    return found;
  }

  /** Waits until a device holds a value. Rejects with `WaitError`. */
  async holds(device: string, setting: string, value: Value, ms?: number): Promise<void> {
    await eventually(`${device} holds ${setting} ${String(value)}`, async () => (await this.get(device, setting)) === value, ms);
  }

  /** The real command line: `jabra-virtual NAME --socket … ARGS`. */
  command(name: string, ...args: string[]): Promise<Ended> {
    return run('jabra-virtual', [name, '--socket', this.socket, ...args]);
  }

  #ask<N extends BusRequestName>(name: N, parameters: BusParameters<N>): Promise<BusResult<N>> {
    if (!this.#connection) throw new Error('the bus does not run');
    return this.#connection.client.request(name, parameters);
  }
}
