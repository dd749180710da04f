/** How a HID path reaches this machine. `virtual` is a virtual bus; synthetic wire ids are accepted there and nowhere else. */
export type HidBus = 'usb' | 'bluetooth' | 'virtual';

/** One HID path as the operating system lists it. A device may show several (Windows makes one of each top-level collection). */
export interface HidPathInfo {
  /** What to open. Only meaningful on this machine and until the device is unplugged. */
  readonly path: string;
  readonly bus: HidBus;
  readonly vendorId: number;
  readonly productId: number;
  /** USB product string, null where the system gives none. */
  readonly product: string | null;
  /** USB serial string, null where the system gives none. */
  readonly serial: string | null;
  /**
   * The physical port, the same for every path of one device and over re-plugging into it
   * (Linux: USB port path; Windows: container id, or the instance id without `&Col`; never a hidraw number).
   */
  readonly physicalPort: string;
  /** Top-level usage page and usage of the path, where the system tells. */
  readonly usagePage: number | null;
  readonly usage: number | null;
}

/** An open HID path. */
export interface HidChannel {
  /** The report descriptor, null where the system cannot give one. */
  readonly descriptor: Uint8Array | null;
  /** True on a virtual bus and nowhere else: without it a session refuses what only virtual devices understand. */
  readonly isVirtual?: boolean;
  /** Sends one output report, report id first. Rejects when the device is gone. */
  write(report: Uint8Array): Promise<void>;
  /** Input reports, report id first. The bytes belong to the listener. Returns what ends the subscription. */
  onReport(listener: (report: Uint8Array) => void): () => void;
  /** Called once when the device is gone or the path failed; not after an own `close`. */
  onClosed(listener: (reason: string) => void): () => void;
  close(): Promise<void>;
}

/** A source of HID devices. It never polls: it lists when asked and says when asking is worth it. */
export interface HidPort {
  /** One pass of enumeration, restricted to `vendorId`. */
  list(vendorId: number): Promise<HidPathInfo[]>;
  /** Something was plugged, unplugged, or the source itself came or went. Several calls may stand for one change. */
  onChange(listener: () => void): () => void;
  /** Opens a path that `list` gave. Rejects with an error that says why (gone, no permission, in exclusive use). */
  open(info: HidPathInfo): Promise<HidChannel>;
  close(): Promise<void>;
}
