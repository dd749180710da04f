/** Chance and digests, which the pure core cannot make itself. */
export interface Entropy {
  uuid(): string;
  /** 0 to 1, 1 excluded. */
  random(): number;
  /** SHA-256 of the text's UTF-8 bytes, 64 lower-case hex digits. */
  sha256(text: string): string;
  /** 16 bytes. Against accidents only: video bars compare files by it (facts E11). */
  md5(bytes: Uint8Array): Uint8Array;
}
