import { createHash } from 'node:crypto';
import type { CancelSignal } from '@jpd/protocol';
import { HttpError, type PackageFetch, type PackageReference, type PackageStore } from '../../ports/index.ts';

/** What a package server has under an address, and how it gives it. */
export interface Offer {
  readonly content: Uint8Array;
  /** 200 where it isn't said; a number below 500 is a word that stays, 5xx one that passes. */
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** The connection breaks each time when so many bytes of it were sent. */
  readonly cutAfter?: number;
}

/** Package servers, and how often each address was asked. */
export class MemoryWeb {
  readonly requests = new Map<string, number>();
  readonly #offers = new Map<string, Offer>();
  #gate: { readonly opened: Promise<void>; readonly open: () => void } | null = null;

  /** Puts it there, and gives what a desired document says of it. */
  offer(url: string, content: Uint8Array, manner: Omit<Offer, 'content'> = {}): PackageReference {
    this.#offers.set(url, { ...manner, content });
    return { url, sha256: sha256(content), size: content.length };
  }

  /** No answer comes until `resume`. */
  pause(): void {
    if (this.#gate) return;
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gate = { opened, open };
  }

  resume(): void {
    this.#gate?.open();
    this.#gate = null;
  }

  async get(url: string): Promise<Offer | null> {
    this.requests.set(url, (this.requests.get(url) ?? 0) + 1);
    await this.#gate?.opened;
    return this.#offers.get(url) ?? null;
  }
}

/** A disk that outlives the store. */
export class PackageDisk {
  /** What came so far, by SHA-256. */
  readonly files = new Map<string, Uint8Array>();

  /** Changes a byte of a package. */
  damage(reference: PackageReference): void {
    const name = nameOf(reference);
    const content = this.files.get(name)?.slice();
    if (content?.[0] === undefined) throw new Error('there is no such package');
    content[0] ^= 0xff;
    this.files.set(name, content);
  }
}

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const nameOf = (reference: PackageReference): string => reference.sha256.toLowerCase();

/** The package store of tests: the same outcomes as the real one, without network and disk. `describePackageStore` holds both to the port. */
export class MemoryPackages implements PackageStore {
  readonly web: MemoryWeb;
  readonly disk: PackageDisk;
  readonly #running = new Map<string, Promise<PackageFetch>>();

  constructor({ web = new MemoryWeb(), disk = new PackageDisk() }: { readonly web?: MemoryWeb; readonly disk?: PackageDisk } = {}) {
    this.web = web;
    this.disk = disk;
  }

  has(reference: PackageReference): Promise<boolean> {
    return Promise.resolve(this.disk.files.get(nameOf(reference))?.length === reference.size);
  }

  async fetch(reference: PackageReference, signal: CancelSignal, onProgress?: (done: number, total: number) => void): Promise<PackageFetch> {
    const name = nameOf(reference);
    const cancelled = untilCancelled(signal);
    try {
      if (signal.aborted) return await cancelled.promise;
      const running = this.#running.get(name) ?? this.#download(reference).finally(() => this.#running.delete(name));
      this.#running.set(name, running);
      const outcome = await Promise.race([running, cancelled.promise]);
      onProgress?.(this.disk.files.get(name)?.length ?? 0, reference.size);
      return outcome;
    } finally {
      cancelled.release();
    }
  }

  read(reference: PackageReference): Promise<Uint8Array | null> {
    const name = nameOf(reference);
    const content = this.disk.files.get(name);
    if (content?.length !== reference.size) return Promise.resolve(null);
    if (sha256(content) === name) return Promise.resolve(content.slice());
    this.disk.files.delete(name);
    return Promise.resolve(null);
  }

  keepOnly(wanted: readonly PackageReference[]): Promise<void> {
    const names = new Set(wanted.map(nameOf));
    for (const name of this.disk.files.keys()) if (!names.has(name)) this.disk.files.delete(name);
    return Promise.resolve();
  }

  async #download(reference: PackageReference): Promise<PackageFetch> {
    const { size, url } = reference;
    const name = nameOf(reference);
    if (await this.has(reference)) return { status: 'ready' };
    const offer = await this.web.get(url);
    const status = offer ? (offer.status ?? 200) : 404;
    if (status >= 500) return { status: 'interrupted', retryAfterMs: offer?.retryAfterMs ?? null, message: `HTTP ${status}` };
    if (!offer || status !== 200) return { status: 'failed', code: 'download-failed', message: `HTTP ${status}` };
    const { content, cutAfter } = offer;
    const before = this.disk.files.get(name)?.length ?? 0;
    if (cutAfter !== undefined && before + cutAfter < content.length) {
      this.disk.files.set(name, content.slice(0, before + cutAfter));
      return { status: 'interrupted', retryAfterMs: null, message: 'the connection was cut' };
    }
    this.disk.files.delete(name);
    if (content.length !== size) return { status: 'failed', code: 'size-mismatch', message: `${content.length} bytes, not ${size}` };
    if (sha256(content) !== name) return { status: 'failed', code: 'hash-mismatch', message: 'another SHA-256' };
    this.disk.files.set(name, content.slice());
    return { status: 'ready' };
  }
}

function untilCancelled(signal: CancelSignal): { readonly promise: Promise<never>; release(): void } {
  let onAbort = (): void => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(new HttpError('cancelled', 'the download was cancelled'));
    };
  });
  // Nobody may be waiting yet, or any more.
  promise.catch(() => undefined);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  return {
    promise,
    release: () => {
      signal.removeEventListener('abort', onAbort);
    },
  };
}
