import { describe, expect, test } from 'vitest';
import { Address, parseReportDescriptor, readIdentity, Session, type HidChannel } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { attachToKernel } from './attach.ts';
import { UhidError } from './errors.ts';
import type { UhidFile } from './uhid-file.ts';

/** The kernel's side, byte offsets as linux/uhid.h has them. */
class Kernel implements UhidFile {
  readonly written: Buffer[] = [];
  readonly events: Uint8Array[] = [];
  closed = false;
  failure: Error | null = null;

  read(): Uint8Array | null {
    if (this.failure) throw this.failure;
    return this.events.shift() ?? null;
  }
  write(event: Uint8Array): void {
    this.written.push(Buffer.from(event));
  }
  close(): void {
    this.closed = true;
  }

  types(): number[] {
    return this.written.map((event) => event.readUInt32LE(0));
  }
  output(report: Uint8Array): void {
    const event = Buffer.alloc(4380);
    event.writeUInt32LE(6, 0);
    event.set(report, 4);
    event.writeUInt16LE(report.length, 4 + 4096);
    event.writeUInt8(1, 4 + 4096 + 2);
    this.events.push(event);
  }
  setReport(id: number, type: number, report: Uint8Array): void {
    const event = Buffer.alloc(4380);
    event.writeUInt32LE(13, 0);
    event.writeUInt32LE(id, 4);
    event.writeUInt8(report[0] ?? 0, 8);
    event.writeUInt8(type, 9);
    event.writeUInt16LE(report.length, 10);
    event.set(report, 12);
    this.events.push(event);
  }
  /** Input reports that it was given. */
  inputs(): Uint8Array[] {
    return this.written.filter((event) => event.readUInt32LE(0) === 12).map((event) => event.subarray(6, 6 + event.readUInt16LE(4)));
  }
}

async function lab() {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
  bus.plug(device);
  const kernels: Kernel[] = [];
  const failures: unknown[] = [];
  const open = (): UhidFile => {
    const kernel = new Kernel();
    kernels.push(kernel);
    return kernel;
  };
  const shown = await attachToKernel(bus, open, clock, (error) => failures.push(error));
  return { clock, bus, device, kernels, failures, shown, kernel: kernels[0] ?? new Kernel() };
}

describe('a device in front of the kernel', () => {
  test('is created with its name, serial, ids and descriptor', async () => {
    const { kernel, bus } = await lab();
    const [created] = kernel.written;
    expect(created?.length).toBe(4 + 128 + 64 + 64 + 20 + 4096);
    expect(created?.readUInt32LE(0)).toBe(11);
    const text = (start: number, length: number): string => (created?.toString('latin1', start, start + length) ?? '').replace(/\0+$/, '');
    expect([text(4, 128), text(132, 64), text(196, 64)]).toEqual(['Jabra Evolve2 75', 'virtual-1', '70BF92000001']);
    const length = created?.readUInt16LE(260) ?? 0;
    // Bus 3 is USB, then 0B0E:24DA, release 1.08, no country.
    expect(created?.toString('hex', 262, 280)).toBe('03000e0b0000da2400000801000000000000');
    expect(parseReportDescriptor(Uint8Array.from(created?.subarray(280, 280 + length) ?? [])).collections.length).toBe(3);
    await bus.close();
  });

  test('speaks through it as over any other path', async () => {
    const { kernel, clock } = await lab();
    const listeners = new Set<(report: Uint8Array) => void>();
    let told = 0;
    const channel: HidChannel = {
      descriptor: null,
      isVirtual: true,
      write: async (report) => {
        kernel.output(report);
        await clock.advance(2);
        for (const input of kernel.inputs().slice(told)) for (const listener of listeners) listener(Uint8Array.from(input));
        told = kernel.inputs().length;
      },
      onReport: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onClosed: () => () => undefined,
      close: async () => undefined,
    };
    expect(await readIdentity(new Session(channel, clock), Address.headsetViaUsb)).toMatchObject({ serial: '70BF92000001', version: '1.8.13' });
  });

  test('takes output reports that come as SET_REPORT, and refuses feature reports at once', async () => {
    const { kernel, device, clock } = await lab();
    const battery = Uint8Array.of(0x05, 0x08, 0x00, 0x00, 0x46, 0x12, 0x02, ...new Uint8Array(57));
    kernel.setReport(41, 1, battery);
    kernel.setReport(42, 0, battery);
    const ask = Buffer.alloc(4380);
    ask.writeUInt32LE(9, 0);
    ask.writeUInt32LE(43, 4);
    kernel.events.push(ask);
    await clock.advance(2);
    const replies = kernel.written.filter((event) => [10, 14].includes(event.readUInt32LE(0))).map((event) => event.toString('hex'));
    expect(replies).toEqual(['0e000000290000000000', '0e0000002a0000000500', '0a0000002b00000005000000']);
    expect(device.received).toHaveLength(1);
    expect(kernel.inputs()).toHaveLength(1);
  });

  test('goes and comes with the plug, and once only', async () => {
    const { bus, device, kernels, clock, failures } = await lab();
    bus.unplug(device);
    await clock.settle();
    expect(kernels[0]?.types().at(-1)).toBe(1);
    expect(kernels[0]?.closed).toBe(true);
    bus.plug(device);
    bus.plug(device);
    await clock.settle();
    expect(kernels).toHaveLength(2);
    expect(kernels[1]?.types()).toEqual([11]);
    expect(failures).toEqual([]);
  });

  test('isn’t asked any more once it is closed, and ends with it', async () => {
    const { kernel, shown, clock, bus, device, kernels } = await lab();
    await shown.close();
    expect(kernel.closed).toBe(true);
    kernel.failure = new Error('read after close');
    await clock.advance(100);
    bus.unplug(device);
    bus.plug(device);
    await clock.settle();
    expect(kernels).toHaveLength(1);
  });

  test('that the kernel gives up is a failure that is told', async () => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    bus.plug(virtualDevice({ family: 'evolve2-75' }));
    const refused = attachToKernel(
      bus,
      () => {
        throw new UhidError('cannot open /dev/uhid');
      },
      clock,
      () => undefined,
    );
    await expect(refused).rejects.toBeInstanceOf(UhidError);
  });

  test('survives what is no event', async () => {
    const { kernel, clock, failures } = await lab();
    kernel.events.push(new Uint8Array(0), Uint8Array.of(6, 0, 0, 0, 1), Uint8Array.of(2, 0, 0, 0));
    await clock.advance(10);
    expect([kernel.types(), failures]).toEqual([[11], []]);
  });
});
