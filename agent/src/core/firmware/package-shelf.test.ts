import { VirtualClock } from '@jpd/protocol/virtual';
import { buildFirmwarePackage } from '@jpd/protocol/firmware';
import { describe, expect, it } from 'vitest';
import { LogBook } from '../testing/log-book.ts';
import { MemoryPackages } from '../testing/memory-packages.ts';
import { PackageShelf } from './package-shelf.ts';

const url = 'https://packages.example/2.3.4.zip';
const content = buildFirmwarePackage({ version: '2.3.4', dfuProductIds: [0x24da], images: [{ content: new Uint8Array(100), partition: 1 }] });
const need = { dfuProductId: 0x24da, version: '2.3.4', isOneFile: false };

function bench(random = 1) {
  const clock = new VirtualClock();
  const packages = new MemoryPackages();
  const seen: string[] = [];
  const reference = packages.web.offer(url, content);
  const shelf: PackageShelf = new PackageShelf({
    clock,
    packages,
    log: new LogBook(),
    entropy: { random: () => random },
    onChange: () => {
      seen.push(shelf.state(reference, need).kind);
    },
  });
  const kind = (): string => shelf.state(reference, need).kind;
  const fetched = async (): Promise<string> => {
    shelf.need(reference);
    await clock.settle();
    return kind();
  };
  return { clock, packages, shelf, reference, seen, kind, fetched };
}

describe('a package on the shelf', () => {
  it('is fetched once, and held against each device', async () => {
    const { shelf, reference, packages, fetched } = bench();
    shelf.need(reference);
    expect(await fetched()).toBe('ready');
    expect(await fetched()).toBe('ready');
    expect(packages.web.requests.get(url)).toBe(1);
    expect(shelf.state(reference, { ...need, dfuProductId: 0x2000 })).toMatchObject({ kind: 'failed', error: { code: 'wrong-device' } });
    expect((await shelf.read(reference))?.images[0]?.content).toHaveLength(100);
  });

  it('is tried again ever later, half of it by chance, and at once where the network changed', async () => {
    const waits: number[] = [];
    for (const random of [0, 1]) {
      const { clock, packages, shelf, reference, fetched } = bench(random);
      packages.web.offer(url, content, { status: 503 });
      for (let time = 0; time < 12; time += 1) {
        expect(await fetched()).toBe('waiting');
        const state = shelf.state(reference, need);
        if (state.kind === 'waiting') waits.push((state.until - clock.now()) / 1000);
      }
      shelf.retryAll();
      expect(shelf.state(reference, need).kind).toBe('missing');
    }
    expect(waits.slice(0, 12)).toEqual([2.5, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
    expect(waits.slice(12)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800, 1800]);
  });

  it('waits as long as the server says', async () => {
    const { clock, packages, shelf, reference, fetched } = bench();
    packages.web.offer(url, content, { status: 503, retryAfterMs: 77_000 });
    await fetched();
    expect(shelf.state(reference, need)).toEqual({ kind: 'waiting', until: clock.now() + 77_000 });
  });

  it('that is of no use stays so until somebody wants it tried again', async () => {
    const { packages, shelf, reference, fetched, kind } = bench();
    packages.web.offer(url, content, { status: 404 });
    expect(await fetched()).toBe('failed');
    packages.web.offer(url, content);
    shelf.retry(reference);
    expect(kind()).toBe('missing');
    expect(await fetched()).toBe('ready');
  });

  it('that disappeared from the disk is fetched again', async () => {
    const { packages, shelf, reference, fetched, kind } = bench();
    await fetched();
    packages.disk.files.clear();
    expect(await shelf.read(reference)).toBeNull();
    expect(kind()).toBe('missing');
    expect(await fetched()).toBe('ready');
  });

  it('that the disk has and does not give is not asked for without a pause', async () => {
    const { packages, shelf, reference, fetched } = bench();
    packages.read = () => Promise.resolve(null);
    expect(await fetched()).toBe('waiting');
    expect(shelf.state(reference, need)).toEqual({ kind: 'waiting', until: expect.any(Number) });
  });

  it('is deleted where nobody wants it, and fetched when somebody does', async () => {
    const { packages, shelf, reference, fetched, kind } = bench();
    await fetched();
    await shelf.keepOnly([reference]);
    expect(kind()).toBe('ready');
    await shelf.keepOnly([]);
    expect([packages.disk.files.size, kind()]).toEqual([0, 'missing']);
  });

  it('is nobody’s business after the end', async () => {
    const { packages, shelf, reference, seen, clock } = bench();
    packages.web.pause();
    shelf.need(reference);
    const before = seen.length;
    shelf.stop();
    packages.web.resume();
    await clock.settle();
    shelf.need(reference);
    expect(seen).toHaveLength(before);
  });
});
