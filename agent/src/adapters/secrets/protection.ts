/** How bytes on the disk are kept from others. Both ways are bound to this machine: elsewhere `open` fails. */
export interface Protection {
  /** What the file is marked with, so that another protection's file isn't taken for a damaged one. */
  readonly name: string;
  seal(plain: Uint8Array): Promise<Uint8Array>;
  /** Rejects for what was sealed elsewhere, or changed since. */
  open(sealed: Uint8Array): Promise<Uint8Array>;
}
