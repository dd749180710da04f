import { HidError } from './errors.ts';

/** What node-hid tells of a path. */
export interface NodeHidDevice {
  readonly path?: string | undefined;
  readonly vendorId: number;
  readonly productId: number;
  readonly product?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly usagePage?: number | undefined;
  readonly usage?: number | undefined;
}

/** The part of node-hid's `HIDAsync` that is used. */
export interface NodeHidHandle {
  write(report: Buffer): Promise<number>;
  close(): Promise<void>;
  /** Reading begins with the first listener. */
  on(event: 'data', listener: (report: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

/** The part of node-hid that is used. */
export interface NodeHidBinding {
  devices(vendorId: number): Promise<readonly NodeHidDevice[]>;
  open(path: string): Promise<NodeHidHandle>;
}

/** Loads node-hid, and with it the native module, when it is first needed. Rejects with `HidError` `no-library`. */
export async function loadNodeHid(): Promise<NodeHidBinding> {
  try {
    const { devicesAsync, getHidapiVersion, HIDAsync } = await import('node-hid');
    // The first call loads the native module; asking for its version touches no device.
    getHidapiVersion();
    return {
      // Product id 0 is any: hidapi then opens the vendor's paths only, where it has to open them for their strings (Windows).
      devices: (vendorId) => devicesAsync(vendorId, 0),
      open: (path) => HIDAsync.open(path),
    };
  } catch (error) {
    const remedy = process.platform === 'linux' ? '; on Linux it needs libusb-1.0 and libudev' : '';
    throw new HidError('no-library', `node-hid could not be loaded${remedy}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
