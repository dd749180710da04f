import { findReport, parseReportDescriptor, type HidChannel } from '@jpd/protocol';
import { audioEndpoint, audioFrame, audioInterface, audioRequest } from './audio.ts';
import { descriptorType } from './descriptor.ts';
import { configurationDescriptor, deviceDescriptor, type HidEndpoints, hidInterface, stringDescriptor, type UsbIdentity } from './descriptors.ts';
import { type Setup, standardRequest } from './setup.ts';

/** Requests of the HID class: HID 1.11, 7.2. */
const hidRequest = { getReport: 0x01, getIdle: 0x02, getProtocol: 0x03, setReport: 0x09, setIdle: 0x0a, setProtocol: 0x0b } as const;

/** Report types of GET_REPORT and SET_REPORT. */
const reportType = { input: 1, output: 2 } as const;

/** More reports than this aren't kept for a host that doesn't fetch them: the oldest is lost, as in a device's own memory. */
const longestQueue = 256;

const nothing = new Uint8Array(0);

/** What an endpoint is, as the configuration descriptor says. */
export type EndpointKind = 'interrupt-in' | 'interrupt-out' | 'isochronous' | 'none';

/**
 * One USB device in front of an open HID path: a host's requests become reports, and reports wait until the host fetches them. What can't be answered
 * is null, which is a stall on the wire.
 */
export class UsbDevice {
  readonly identity: UsbIdentity;
  readonly #channel: HidChannel;
  readonly #reportDescriptor: Uint8Array;
  readonly #endpoints: HidEndpoints;
  readonly #waiting: Uint8Array[] = [];
  readonly #fetchers: ((report: Uint8Array) => void)[] = [];
  readonly #lastInputs = new Map<number, Uint8Array>();
  readonly #alternates = new Map<number, number>();
  #configuration = 0;
  #idle = 0;

  constructor(channel: HidChannel, identity: UsbIdentity, endpoints: HidEndpoints) {
    this.identity = identity;
    this.#channel = channel;
    this.#reportDescriptor = channel.descriptor ?? nothing;
    this.#endpoints = endpoints;
    channel.onReport((report) => {
      this.#lastInputs.set(report[0] ?? 0, report);
      const fetch = this.#fetchers.shift();
      if (fetch) fetch(report);
      else if (this.#waiting.push(report) > longestQueue) this.#waiting.shift();
    });
  }

  get configuration(): number {
    return this.#configuration;
  }

  kindOf(endpoint: number, direction: 'in' | 'out'): EndpointKind {
    const address = direction === 'in' ? endpoint | 0x80 : endpoint;
    if (address === this.#endpoints.in) return 'interrupt-in';
    if (address === this.#endpoints.out) return 'interrupt-out';
    return address === audioEndpoint.in || address === audioEndpoint.out ? 'isochronous' : 'none';
  }

  /** Bytes that one frame of an isochronous endpoint carries. */
  frameLength(direction: 'in' | 'out'): number {
    return direction === 'in' ? audioFrame.in : audioFrame.out;
  }

  /** The oldest input report that nobody fetched, null where there is none. */
  nextReport(): Uint8Array | null {
    return this.#waiting.shift() ?? null;
  }

  /** Calls back once with the next input report that comes; returns what takes the wish back. */
  whenReport(callback: (report: Uint8Array) => void): () => void {
    this.#fetchers.push(callback);
    return () => {
      const place = this.#fetchers.indexOf(callback);
      if (place >= 0) this.#fetchers.splice(place, 1);
    };
  }

  /** Takes an output report, its id first. Rejects where the device is gone. */
  write(report: Uint8Array): Promise<void> {
    return this.#channel.write(Uint8Array.from(report));
  }

  /** Answers a control request; the bytes of an answer are not yet cut to `setup.length`. */
  async control(setup: Setup, data: Uint8Array): Promise<Uint8Array | null> {
    if (setup.type === 'standard') return this.#standard(setup);
    if (setup.type !== 'class' || setup.recipient !== 'interface')
      return setup.type === 'class' ? audioRequest(setup.request, setup.value >> 8) : null;
    const number = setup.index & 0xff;
    if (number === hidInterface) return this.#hid(setup, data);
    return number === audioInterface.control ? audioRequest(setup.request, setup.value >> 8) : null;
  }

  #standard(setup: Setup): Uint8Array | null {
    switch (setup.request) {
      case standardRequest.getDescriptor:
        return this.#descriptor(setup.value >> 8, setup.value & 0xff, setup.index);
      case standardRequest.getConfiguration:
        return Uint8Array.of(this.#configuration);
      case standardRequest.setConfiguration:
        if (setup.value > 1) return null;
        this.#configuration = setup.value;
        this.#alternates.clear();
        return nothing;
      case standardRequest.getInterface:
        return Uint8Array.of(this.#alternates.get(setup.index) ?? 0);
      case standardRequest.setInterface:
        return this.#setInterface(setup.index, setup.value);
      case standardRequest.getStatus:
        return Uint8Array.of(0, 0);
      case standardRequest.setFeature:
      case standardRequest.clearFeature:
        return nothing;
      default:
        return null;
    }
  }

  #descriptor(type: number, index: number, inside: number): Uint8Array | null {
    if (type === descriptorType.device) return deviceDescriptor(this.identity);
    if (type === descriptorType.configuration) return configurationDescriptor(this.#reportDescriptor.length, this.#endpoints);
    if (type === descriptorType.string) return stringDescriptor(index, this.identity);
    return type === descriptorType.report && inside === hidInterface ? this.#reportDescriptor : null;
  }

  #setInterface(number: number, alternate: number): Uint8Array | null {
    const alternates = number === audioInterface.out || number === audioInterface.in ? 2 : 1;
    if (number > hidInterface || alternate >= alternates) return null;
    this.#alternates.set(number, alternate);
    return nothing;
  }

  async #hid(setup: Setup, data: Uint8Array): Promise<Uint8Array | null> {
    switch (setup.request) {
      case hidRequest.setReport:
        if (setup.value >> 8 !== reportType.output) return null;
        await this.write(data);
        return nothing;
      case hidRequest.getReport:
        return setup.value >> 8 === reportType.input ? this.#input(setup.value & 0xff) : null;
      case hidRequest.setIdle:
        this.#idle = setup.value >> 8;
        return nothing;
      case hidRequest.getIdle:
        return Uint8Array.of(this.#idle);
      case hidRequest.getProtocol:
        return Uint8Array.of(1);
      case hidRequest.setProtocol:
        return nothing;
      default:
        return null;
    }
  }

  /** The report as it was last sent, zeros before that. */
  #input(id: number): Uint8Array | null {
    const last = this.#lastInputs.get(id);
    if (last) return last;
    const report = findReport(parseReportDescriptor(this.#reportDescriptor), 'input', id);
    return report && Uint8Array.from({ length: report.byteLength }, (_, index) => (index === 0 ? id : 0));
  }
}
