/** One report of a conversation. */
export interface RecordedReport {
  /** Milliseconds since the recording began, whole. */
  readonly atMs: number;
  /** `out`: from the host to the device. */
  readonly direction: 'out' | 'in';
  /** Report id first. */
  readonly report: Uint8Array;
}

/** A conversation over one HID path. */
export interface Recording {
  readonly vendorId: number;
  readonly productId: number;
  /** USB product string, null where it is not known. */
  readonly product: string | null;
  /** USB serial string, null where it is not known or was left out. */
  readonly serial: string | null;
  readonly descriptor: Uint8Array | null;
  readonly reports: readonly RecordedReport[];
}
