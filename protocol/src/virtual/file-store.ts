import { copyOf } from '../bytes/copy.ts';
import { md5 } from './md5.ts';
import { versionOfUpgradeFile } from './upgrade-file.ts';

/** More than any upgrade file; a size that is a lie shall not take the memory of a test. */
const spaceForFiles = 512 * 1024 * 1024;

interface StoredFile {
  readonly size: number;
  content: Uint8Array;
  length: number;
  blocks: number;
  /** A block came twice, or one is missing. */
  broken: boolean;
}

/** An upgrade file on its way into the device. */
export interface Installation {
  /** Null where the file is incomplete or its signature isn't accepted: it then comes back as it was. */
  readonly version: string | null;
  away: boolean;
}

/**
 * The flash of a video bar: one file, and its installation.
 *
 * INVARIANTS: a file that was cut stays, incomplete. Blocks count from 0; one that is out of order makes the file worthless. An installation that is
 * interrupted leaves the old version (fwupd jabra-file declares dual image, self recovery and a signed payload).
 */
export class VirtualFileStore {
  #file: StoredFile | null = null;
  /** Whether blocks are awaited. */
  #isOpen = false;
  #installation: Installation | null = null;
  #bricked: string | null = null;
  /** Whether the checksum was announced, as the vendor's program does before it asks for it. */
  checksumAnnounced = false;
  /** How long the device goes on after it was told to install, and how long it is then away, in milliseconds (facts E11: at most 900 s). */
  installTiming = { staysMs: 20_000, awayMs: 400_000 };
  /** Monotonic milliseconds until which the device says that it is busy. */
  busyUntil = 0;

  /** What it holds of a file, null where it holds none. */
  get content(): Uint8Array | null {
    return this.#file && copyOf(this.#file.content, 0, this.#file.length);
  }

  /** Why nothing brings the device back, null while it is all right. */
  get bricked(): string | null {
    return this.#bricked;
  }

  brick(reason: string): void {
    this.#bricked ??= reason;
  }

  get isInstalling(): boolean {
    return this.#installation !== null;
  }

  /** Begins a file in place of the one before. False where there is no space for it. */
  begin(size: number): boolean {
    if (size > spaceForFiles) return false;
    this.#file = { size, content: new Uint8Array(Math.min(size, 0x10000)), length: 0, blocks: 0, broken: false };
    this.#isOpen = true;
    return true;
  }

  /** Takes the next block. False where it isn't, or no file was begun. */
  append(id: number, data: Uint8Array): boolean {
    const file = this.#file;
    if (!file || !this.#isOpen) return false;
    if (id !== (file.blocks & 0xff) || file.length + data.length > file.size) file.broken = true;
    if (file.broken) return false;
    if (file.length + data.length > file.content.length) {
      const grown = new Uint8Array(Math.min(file.size, 2 * file.content.length));
      grown.set(file.content);
      file.content = grown;
    }
    file.content.set(data, file.length);
    file.length += data.length;
    file.blocks += 1;
    return true;
  }

  /** False where there was none. */
  remove(): boolean {
    const was = this.#file !== null;
    this.#file = null;
    this.#isOpen = false;
    return was;
  }

  /** MD5 of what it holds, null where it holds nothing. */
  checksum(): Uint8Array | null {
    return this.#file && md5(this.#file.content.subarray(0, this.#file.length));
  }

  /** Begins to install what it holds; null where it holds nothing. */
  install(): Installation | null {
    const file = this.#file;
    if (!file) return null;
    this.#isOpen = false;
    const isWhole = !file.broken && file.length === file.size;
    this.#installation = { version: isWhole ? versionOfUpgradeFile(file.content.subarray(0, file.length)) : null, away: false };
    return this.#installation;
  }

  /** The device leaves its host in order to install. False where this installation was interrupted. */
  leaveFor(installation: Installation): boolean {
    if (this.#installation !== installation) return false;
    installation.away = true;
    return true;
  }

  /** Ends an installation. The version that the device has now, null where it keeps its own. */
  finish(installation: Installation): string | null {
    if (this.#installation !== installation) return null;
    this.#installation = null;
    if (installation.version !== null) this.remove();
    return installation.version;
  }

  /** The host is gone, and power with it unless the device left by itself. */
  lostHost(): void {
    this.#isOpen = false;
    if (this.#installation?.away === false) this.#installation = null;
  }

  /** Power came, or came back: an installation that had not ended never will. */
  powered(): void {
    this.#isOpen = false;
    this.#installation = null;
  }
}
