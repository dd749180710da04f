import { describe, expect, test } from 'vitest';
import { CallLock, type CallLockPort } from './call-lock.ts';

describe('the lock of a device’s calls', () => {
  test('is held by one at a time, for each device', async () => {
    const lock = new CallLock();
    const first = await lock.acquire('1-2');
    expect(await lock.acquire('1-2')).toBeNull();
    expect((await lock.acquire('1-3'))?.device).toBe('1-3');
    await first?.release();
    expect(first?.held).toBe(false);
    expect((await lock.acquire('1-2'))?.held).toBe(true);
  });

  test('is not given twice while the first one still waits for the port, nor while it is being given back', async () => {
    const waiting: (() => void)[] = [];
    const slow = (): Promise<void> =>
      new Promise((resolve) => {
        waiting.push(resolve);
      });
    const lock = new CallLock({ acquire: () => slow().then(() => ({ release: slow })) });
    const first = lock.acquire('1-2');
    expect(await lock.acquire('1-2')).toBeNull();
    waiting.pop()?.();
    const released = (await first)?.release();
    expect(await lock.acquire('1-2')).toBeNull();
    waiting.pop()?.();
    await released;
    const again = lock.acquire('1-2');
    waiting.pop()?.();
    expect((await again)?.held).toBe(true);
  });

  test('tells its owner once that it ended, and releases beyond itself once', async () => {
    let released = 0;
    const lock = new CallLock({ acquire: async () => ({ release: async () => void (released += 1) }) });
    const lease = await lock.acquire('1-2');
    const told: string[] = [];
    lease?.onEnded(() => told.push('ended'));
    lease?.onEnded(() => told.push('not subscribed'))();
    await lease?.release();
    await lease?.release();
    expect([told, released]).toEqual([['ended'], 1]);
  });
});

describe('a lock beyond it, of the machine', () => {
  /** Another program's lock, which can take devices away. */
  function machine(): CallLockPort & { readonly takenByOthers: Set<string>; readonly takeAway: () => void } {
    const takenByOthers = new Set<string>();
    let lose = (): void => undefined;
    return {
      takenByOthers,
      takeAway: () => lose(),
      acquire: async (device, lost) => {
        lose = lost;
        return takenByOthers.has(device) ? null : { release: async () => undefined };
      },
    };
  }

  test('can refuse', async () => {
    const port = machine();
    const lock = new CallLock(port);
    port.takenByOthers.add('1-2');
    expect(await lock.acquire('1-2')).toBeNull();
    port.takenByOthers.clear();
    expect(await lock.acquire('1-2')).not.toBeNull();
  });

  test('can take a device away, after which its old owner’s release frees nobody else', async () => {
    const port = machine();
    const lock = new CallLock(port);
    const first = await lock.acquire('1-2');
    let ended = 0;
    first?.onEnded(() => (ended += 1));
    port.takeAway();
    port.takeAway();
    expect([first?.held, ended]).toEqual([false, 1]);
    const second = await lock.acquire('1-2');
    await first?.release();
    expect(second?.held).toBe(true);
    expect(await lock.acquire('1-2')).toBeNull();
  });

  test('can take a device away while it is being given back, and its next owner keeps it', async () => {
    let lose = (): void => undefined;
    let finish = (): void => undefined;
    const lock = new CallLock({
      acquire: async (_, lost) => {
        lose = lost;
        return {
          release: () =>
            new Promise((resolve) => {
              finish = resolve;
            }),
        };
      },
    });
    const released = (await lock.acquire('1-2'))?.release();
    lose();
    const next = await lock.acquire('1-2');
    finish();
    await released;
    expect(next?.held).toBe(true);
    expect(await lock.acquire('1-2')).toBeNull();
  });

  test('that takes a device away before it gave it, gives nothing', async () => {
    const lock = new CallLock({
      acquire: async (_, lost) => {
        lost();
        return { release: async () => undefined };
      },
    });
    expect(await lock.acquire('1-2')).toBeNull();
  });

  test('that fails leaves the device free', async () => {
    let fails = true;
    const lock = new CallLock({
      acquire: async () => {
        if (fails) throw new TypeError('no lock file');
        return { release: async () => undefined };
      },
    });
    await expect(lock.acquire('1-2')).rejects.toThrow('no lock file');
    fails = false;
    expect(await lock.acquire('1-2')).not.toBeNull();
  });
});
