import { describe, expect, it, onTestFinished } from 'vitest';
import type { PackageReference, PackageStore } from '../../../ports/index.ts';

/** How a server gives what it has. */
export interface Manner {
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** Breaks the connection each time after so many bytes. */
  readonly cutAfter?: number;
}

/** A PC with a disk, and servers that it reaches. */
export interface Place {
  /** As at a start of the agent: the disk stays. */
  readonly open: () => Promise<PackageStore>;
  /** Puts content on a server; `name` tells addresses apart. */
  readonly offer: (name: string, content: Uint8Array, manner?: Manner) => PackageReference;
  /** How often an address was asked for. */
  readonly requests: (reference: PackageReference) => number;
  /** No server answers until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Changes a byte of a package on the disk. */
  readonly damage: (reference: PackageReference) => Promise<void>;
  readonly remove: () => Promise<void>;
}

const never = (): AbortSignal => new AbortController().signal;
const bytes = (length: number, seed = 7): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * seed) & 0xff);

/** What the port promises, for every implementation of it. */
export function describePackageStore(name: string, makePlace: () => Promise<Place>): void {
  const place = async (): Promise<Place & { readonly store: PackageStore }> => {
    const made = await makePlace();
    onTestFinished(() => made.remove());
    return { ...made, store: await made.open() };
  };

  describe(name, () => {
    it('has nothing at first, and all of a package when it was fetched', async () => {
      const { store, offer } = await place();
      const content = bytes(50_000);
      const reference = offer('a', content);
      expect(await store.has(reference)).toBe(false);
      expect(await store.read(reference)).toBe(null);
      const progress: (readonly [number, number])[] = [];
      expect(await store.fetch(reference, never(), (done, total) => progress.push([done, total]))).toEqual({ status: 'ready' });
      expect(progress.at(-1)).toEqual([50_000, 50_000]);
      expect(await store.has(reference)).toBe(true);
      expect(Buffer.compare((await store.read(reference)) ?? bytes(0), content)).toBe(0);
    });

    it('downloads a package once, for all who ask for it, whatever address they know', async () => {
      const { store, open, offer, requests } = await place();
      const content = bytes(10_000);
      const [one, other] = [offer('one', content), offer('other', content)];
      const outcomes = await Promise.all([store.fetch(one, never()), store.fetch(one, never()), store.fetch(other, never())]);
      expect(outcomes).toEqual([{ status: 'ready' }, { status: 'ready' }, { status: 'ready' }]);
      expect(await store.fetch(other, never())).toEqual({ status: 'ready' });
      expect(await (await open()).fetch(one, never())).toEqual({ status: 'ready' });
      expect(requests(one) + requests(other)).toBe(1);
    });

    it('keeps what came before the connection broke, over a restart too, and goes on from there', async () => {
      const { store, open, offer, requests } = await place();
      const content = bytes(100_000);
      const reference = offer('a', content, { cutAfter: 40_000 });
      expect(await store.fetch(reference, never())).toMatchObject({ status: 'interrupted', retryAfterMs: null });
      expect(await store.has(reference)).toBe(false);
      expect(await store.read(reference)).toBe(null);
      expect(await store.fetch(reference, never())).toMatchObject({ status: 'interrupted' });
      const restarted = await open();
      expect(await restarted.fetch(reference, never())).toEqual({ status: 'ready' });
      expect(Buffer.compare((await restarted.read(reference)) ?? bytes(0), content)).toBe(0);
      expect(requests(reference)).toBe(3);
    });

    it('takes a busy server for one that will answer, and tells how long it wants to be left alone', async () => {
      const { store, offer } = await place();
      const content = bytes(100);
      expect(await store.fetch(offer('a', content, { status: 503, retryAfterMs: 120_000 }), never())).toMatchObject({
        status: 'interrupted',
        retryAfterMs: 120_000,
      });
      expect(await store.fetch(offer('a', content), never())).toEqual({ status: 'ready' });
    });

    it.each([404, 403, 410])('takes the answer %i for the last word', async (status) => {
      const { store, offer } = await place();
      expect(await store.fetch(offer('a', bytes(100), { status }), never())).toMatchObject({ status: 'failed', code: 'download-failed' });
    });

    it.each([
      ['longer', 101],
      ['shorter', 99],
    ])('refuses a file that is %s than it should be, and keeps nothing of it', async (_word, length) => {
      const { store, offer } = await place();
      const reference = { ...offer('a', bytes(length)), size: 100 };
      expect(await store.fetch(reference, never())).toMatchObject({ status: 'failed', code: 'size-mismatch' });
      expect(await store.has(reference)).toBe(false);
    });

    it('refuses a file with another SHA-256, and takes the right one from the same address later', async () => {
      const { store, offer } = await place();
      const right = bytes(60_000);
      const reference = offer('a', right);
      offer('a', bytes(60_000, 9));
      expect(await store.fetch(reference, never())).toMatchObject({ status: 'failed', code: 'hash-mismatch' });
      expect(await store.has(reference)).toBe(false);
      offer('a', right);
      expect(await store.fetch(reference, never())).toEqual({ status: 'ready' });
    });

    it('takes a SHA-256 in capital letters for the same', async () => {
      const { store, offer } = await place();
      const reference = offer('a', bytes(100));
      const shouted = { ...reference, sha256: reference.sha256.toUpperCase() };
      expect(await store.fetch(shouted, never())).toEqual({ status: 'ready' });
      expect(await store.has(reference)).toBe(true);
      await store.keepOnly([shouted]);
      expect(await store.read(reference)).not.toBe(null);
    });

    it('leaves one who calls it off, and goes on for the other', async () => {
      const { store, offer, pause, resume, requests } = await place();
      const reference = offer('a', bytes(1000));
      pause();
      const leaving = new AbortController();
      const [left, stayed] = [store.fetch(reference, leaving.signal), store.fetch(reference, never())];
      leaving.abort();
      await expect(left).rejects.toMatchObject({ name: 'HttpError', code: 'cancelled' });
      resume();
      expect(await stayed).toEqual({ status: 'ready' });
      expect(requests(reference)).toBe(1);
      await expect(store.fetch(reference, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    });

    it('begins anew when the only one who waited had called it off', async () => {
      const { store, offer, pause, resume } = await place();
      const reference = offer('a', bytes(1000));
      pause();
      const leaving = new AbortController();
      const left = store.fetch(reference, leaving.signal);
      leaving.abort();
      await expect(left).rejects.toMatchObject({ code: 'cancelled' });
      const again = store.fetch(reference, never());
      resume();
      expect(await again).toEqual({ status: 'ready' });
    });

    it('finds damage on the disk, gives nothing of it, and fetches the package again', async () => {
      const { store, offer, damage } = await place();
      const content = bytes(5000);
      const reference = offer('a', content);
      await store.fetch(reference, never());
      await damage(reference);
      expect(await store.read(reference)).toBe(null);
      expect(await store.has(reference)).toBe(false);
      expect(await store.fetch(reference, never())).toEqual({ status: 'ready' });
      expect(Buffer.compare((await store.read(reference)) ?? bytes(0), content)).toBe(0);
    });

    it('keeps only what is wanted, finished or not', async () => {
      const { store, offer, requests } = await place();
      const [kept, gone] = [offer('kept', bytes(100)), offer('gone', bytes(100, 9))];
      const half = offer('half', bytes(100_000, 11), { cutAfter: 60_000 });
      for (const reference of [kept, gone, half]) await store.fetch(reference, never());
      await store.keepOnly([kept]);
      expect([await store.has(kept), await store.has(gone)]).toEqual([true, false]);
      // Had the first part stayed, the rest would have come now.
      expect(await store.fetch(half, never())).toMatchObject({ status: 'interrupted' });
      expect(requests(half)).toBe(2);
    });
  });
}
