import { fromHex, toHex } from '../../bytes/index.ts';
import { jabraVendorId } from '../../families/index.ts';
import type { HidChannel, HidPort } from '../../session/hid-port.ts';
import type { VirtualBus } from '../bus.ts';
import { BusControl } from '../control.ts';
import { VirtualError } from '../errors.ts';
import {
  type BusParameters,
  busRequests,
  type BusRequest,
  type BusRequestName,
  type BusResult,
  encodeError,
  encodeEvent,
  encodeResult,
  isBusRequestName,
  parseRequest,
} from './messages.ts';

type Handlers = { readonly [N in BusRequestName]: (parameters: BusParameters<N>) => BusResult<N> | Promise<BusResult<N>> };

/** The bus's end of one connection: takes request lines, sends response and event lines. What a program opened is closed with its connection. */
export class BusPeer {
  readonly #port: HidPort;
  readonly #send: (line: string) => void;
  readonly #channels = new Map<number, HidChannel>();
  readonly #handlers: Handlers;
  #lastChannel = 0;

  constructor(bus: VirtualBus, send: (line: string) => void) {
    this.#port = bus.port();
    this.#send = send;
    this.#handlers = this.#handlersFor(new BusControl(bus));
    this.#port.onChange(() => {
      send(encodeEvent('changed', {}));
    });
  }

  /** Takes one line; what is no request is ignored. Never rejects. */
  async receive(line: string): Promise<void> {
    const request = parseRequest(line);
    if (!request) return;
    try {
      this.#send(encodeResult(request.id, await this.#handle(request)));
    } catch (error) {
      const known = error instanceof VirtualError ? error : new VirtualError('gone', error instanceof Error ? error.message : String(error));
      this.#send(encodeError(request.id, known.code, known.message));
    }
  }

  /** The connection ended. */
  async close(): Promise<void> {
    this.#channels.clear();
    await this.#port.close();
  }

  #handle({ name, parameters }: BusRequest): unknown {
    if (!isBusRequestName(name)) throw new VirtualError('protocol', `the bus knows no request ${name}`);
    if (!busRequests[name].parameters(parameters)) throw new VirtualError('protocol', `the parameters of ${name} are not what it takes`);
    // They were just checked against this request's own shape.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.#handlers[name](parameters as never);
  }

  #handlersFor(control: BusControl): Handlers {
    return {
      'hid.list': ({ vendorId }) => this.#port.list(vendorId),
      'hid.open': async ({ path }) => {
        const channel = await this.#open(path);
        const number = (this.#lastChannel += 1);
        this.#channels.set(number, channel);
        channel.onReport((report) => {
          this.#send(encodeEvent('report', { channel: number, report: toHex(report) }));
        });
        channel.onClosed((reason) => {
          this.#channels.delete(number);
          this.#send(encodeEvent('closed', { channel: number, reason }));
        });
        return { channel: number, descriptor: channel.descriptor ? toHex(channel.descriptor) : null };
      },
      'hid.write': async ({ channel, report }) => {
        const open = this.#channels.get(channel);
        if (!open) throw new VirtualError('gone', 'the path is not open');
        await open.write(fromHex(report) ?? new Uint8Array(0));
        return null;
      },
      'hid.close': async ({ channel }) => {
        const open = this.#channels.get(channel);
        this.#channels.delete(channel);
        await open?.close();
        return null;
      },
      plug: ({ device }) => ({ serial: control.plug(device).serial }),
      unplug: ({ device }) => {
        control.unplug(device);
        return null;
      },
      air: ({ device, headset, discoverable }) => ({ serial: control.air(device, headset, { discoverable }).serial }),
      radio: ({ device }) => control.radio(device),
      list: () => control.list(),
      get: ({ device, setting }) => ({ value: control.get(device, setting) }),
      set: ({ device, setting, value }) => {
        control.set(device, setting, value);
        return null;
      },
      press: ({ device, button }) => {
        control.press(device, button);
        return null;
      },
      battery: ({ device, level, charging }) => {
        control.battery(device, level, charging);
        return null;
      },
      fault: ({ device, kind, count }) => {
        control.fault(device, kind, count);
        return null;
      },
    };
  }

  async #open(path: string): Promise<HidChannel> {
    const infos = await this.#port.list(jabraVendorId);
    const info = infos.find((one) => one.path === path);
    if (!info) throw new VirtualError('gone', `there is no path ${path}`);
    return this.#port.open(info);
  }
}
