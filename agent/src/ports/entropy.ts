/** Chance and digests, which the pure core cannot make itself. */
export interface Entropy {
  uuid(): string;
  /** 0 to 1, 1 excluded. */
  random(): number;
  /** SHA-256 of the text's UTF-8 bytes, 64 lower-case hex digits. */
  sha256(text: string): string;
}
