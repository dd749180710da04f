import { BufferedChannel, type Clock, type HidChannel, type HidPathInfo, type HidPort, jabraVendorId } from '@jpd/protocol';
import type { Log } from '../../ports/index.ts';
import { HidError, type HidErrorCode } from './errors.ts';
import { hidrawHotplug, type HotplugSource, usbHotplug } from './hotplug.ts';
import { loadNodeHid, type NodeHidBinding, type NodeHidDevice, type NodeHidHandle } from './native-binding.ts';
import { type HidPlatform, linuxPlatform, plainPlatform, windowsPlatform } from './platform.ts';
import { type ReportWriter, WriteQueue } from './report-writer.ts';

export interface NodeHidOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** Default: node-hid, loaded when it is first needed. */
  readonly binding?: () => Promise<NodeHidBinding>;
  /** Default: `usb`, and hidraw nodes on Linux. */
  readonly hotplug?: readonly HotplugSource[];
  /** Default: the one that this program runs on. */
  readonly platform?: HidPlatform;
}

const gnpPage = 0xff00;

const openProblems: Readonly<Record<Exclude<HidErrorCode, 'no-library'>, string>> = {
  gone: 'it is no longer there',
  'no-permission': 'this account may not open it; on Linux a udev rule gives access (see the installation guide)',
  'not-opened': 'the system refused, for example because another program uses it exclusively',
};

const systemPlatform = (): HidPlatform =>
  process.platform === 'linux' ? linuxPlatform() : process.platform === 'win32' ? windowsPlatform : plainPlatform;

const systemHotplug = (clock: Clock): readonly HotplugSource[] => [
  usbHotplug({ vendorId: jabraVendorId, clock }),
  ...(process.platform === 'linux' ? [hidrawHotplug()] : []),
];

/** The HID port of this machine: node-hid lists and opens, hot-plug sources tell when listing is worth it. */
export function nodeHidPort(options: NodeHidOptions): HidPort {
  return new NodeHidPort(options);
}

class NodeHidPort implements HidPort {
  readonly #log: Log;
  readonly #load: () => Promise<NodeHidBinding>;
  readonly #platform: HidPlatform;
  readonly #listeners = new Set<() => void>();
  readonly #open = new Set<BufferedChannel>();
  /** By path, those in which something waits. */
  readonly #writes = new Map<string, WriteQueue>();
  readonly #hotplug: readonly HotplugSource[];
  #binding: Promise<NodeHidBinding> | null = null;
  #watching: Promise<readonly (() => void)[]> | null = null;
  #closed = false;

  constructor({ log, clock, binding = loadNodeHid, hotplug = systemHotplug(clock), platform = systemPlatform() }: NodeHidOptions) {
    this.#log = log;
    this.#load = binding;
    this.#platform = platform;
    this.#hotplug = hotplug;
  }

  async list(vendorId: number): Promise<HidPathInfo[]> {
    const devices = await (await this.#library()).devices(vendorId);
    const paths = new Map<string, NodeHidDevice & { readonly path: string }>();
    for (const device of devices) {
      const { path } = device;
      // hidraw lists one path once for each of its collections: GNP's tells most.
      if (path !== undefined && device.vendorId === vendorId && (!paths.has(path) || device.usagePage === gnpPage))
        paths.set(path, { ...device, path });
    }
    return Promise.all([...paths.values()].map((device) => this.#describe(device)));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#watching ??= this.#watch();
    return () => this.#listeners.delete(listener);
  }

  async open({ path }: HidPathInfo): Promise<HidChannel> {
    const library = await this.#library();
    const descriptor = await this.#platform.descriptor(path);
    const notOpened = async (error: unknown): Promise<never> => {
      const code = (await this.#platform.obstacle(path)) ?? 'not-opened';
      throw new HidError(code, `${path} could not be opened: ${openProblems[code]}`, { cause: error });
    };
    const handle = await library.open(path).catch(notOpened);
    const writer = this.#platform.writer
      ? await this.#platform.writer(path).catch(async (error: unknown) => {
          await closeQuietly(handle);
          return notOpened(error);
        })
      : writerOf(handle);
    let failed = false;
    const channel: BufferedChannel = new BufferedChannel({
      descriptor,
      write: async (report) => {
        try {
          await this.#inTurn(path, writer, report);
        } catch (error) {
          throw new HidError('gone', `${path} could not be written`, { cause: error });
        }
      },
      close: async () => {
        this.#open.delete(channel);
        if (failed) return;
        // Whatever becomes of the other.
        await closeQuietly(writer);
        await handle.close();
      },
    });
    handle.on('data', (report) => {
      channel.deliver(report);
    });
    handle.on('error', (error) => {
      if (failed) return;
      failed = true;
      this.#open.delete(channel);
      this.#log.debug('a HID path failed', { path, error });
      channel.fail('the device is gone');
      void closeQuietly(writer);
      void closeQuietly(handle);
    });
    this.#open.add(channel);
    return channel;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    const stops = await (this.#watching ?? []);
    for (const stop of stops) stop();
    await Promise.allSettled([...this.#open].map((channel) => channel.close()));
  }

  #library(): Promise<NodeHidBinding> {
    this.#binding ??= this.#load();
    return this.#binding;
  }

  async #describe(device: NodeHidDevice & { readonly path: string }): Promise<HidPathInfo> {
    const { path, vendorId, productId } = device;
    const text = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value);
    return {
      path,
      vendorId,
      productId,
      ...(await this.#platform.locate(path)),
      product: text(device.product),
      serial: text(device.serialNumber),
      usagePage: device.usagePage ?? null,
      usage: device.usage ?? null,
    };
  }

  /** Starts what this machine has of hot-plug; without any the agent sees what was plugged in when it asked. */
  async #watch(): Promise<readonly (() => void)[]> {
    const changed = (): void => {
      if (!this.#closed) for (const listener of this.#listeners) listener();
    };
    const started = await Promise.allSettled(this.#hotplug.map((source) => source.start(changed)));
    for (const [index, result] of started.entries())
      if (result.status === 'rejected')
        this.#log.warn('a source of hot-plug events is not available', { source: this.#hotplug[index]?.name, error: result.reason });
    return started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }

  async #inTurn(path: string, writer: ReportWriter, report: Uint8Array): Promise<void> {
    const queue = this.#writes.get(path) ?? new WriteQueue();
    this.#writes.set(path, queue);
    try {
      await queue.write(writer, report);
    } finally {
      if (queue.isIdle && this.#writes.get(path) === queue) this.#writes.delete(path);
    }
  }
}

/** Node-hid's own way, a report at a time. */
const writerOf = (handle: NodeHidHandle): ReportWriter => ({
  write: async ([report = new Uint8Array(0)]) => {
    await handle.write(Buffer.from(report));
    return 1;
  },
  close: async () => undefined,
});

/** Closing what has failed already may fail; the path is gone either way. */
async function closeQuietly(handle: { close(): Promise<void> }): Promise<void> {
  await Promise.allSettled([handle.close()]);
}
