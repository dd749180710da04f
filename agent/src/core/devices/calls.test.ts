import type { HidChannel, HidPathInfo, HidPort } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, describe, expect, it } from 'vitest';
import { LogBook } from '../testing/log-book.ts';
import { Calls } from './calls.ts';
import { Discovery } from './discovery.ts';
import type { Route } from './route.ts';

type Paths = 'one' | 'per-collection' | 'per-collection-undescribed';

const steps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of steps.splice(0)) await step();
});

/** Discovery on a bus, with the usage pages that are open. */
async function attached(paths: Paths = 'one', refuse: (info: HidPathInfo) => boolean = () => false) {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const open: (number | null)[] = [];
  const port = bus.port();
  const hid: HidPort = {
    list: (vendorId) => port.list(vendorId),
    onChange: (listener) => port.onChange(listener),
    close: () => port.close(),
    open: async (info) => {
      if (refuse(info)) throw new Error('in use');
      const channel: HidChannel = await port.open(info);
      open.push(info.usagePage);
      return {
        descriptor: channel.descriptor,
        write: (report) => channel.write(report),
        onReport: (listener) => channel.onReport(listener),
        onClosed: (listener) => channel.onClosed(listener),
        close: async () => {
          open.splice(open.indexOf(info.usagePage), 1);
          await channel.close();
        },
      };
    },
  };
  const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', paths });
  bus.plug(headset);
  const log = new LogBook();
  const calls = new Calls({ hid, clock, log });
  let changes = 0;
  calls.onChange(() => {
    changes += 1;
  });
  const routes = new Map<string, Route>();
  const listener = {
    routeUp: (route: Route) => void routes.set(route.key, route),
    routeDown: (key: string) => void routes.delete(key),
  };
  const discovery = new Discovery({ hid, clock, log, operatorMappings: [], listener, calls });
  await clock.complete(discovery.start());
  steps.push(() => clock.complete(discovery.stop()));
  const keys = (): readonly string[] => [...routes.values()].map(({ key, parentKey }) => parentKey ?? key);
  return { bus, clock, headset, calls, open, discovery, keys, changes: () => changes, isInCall: () => calls.isInCall(keys()) };
}

describe('a call', () => {
  it('is heard from the device’s own word, as it begins and ends, without writing', async () => {
    const { headset, isInCall, changes, clock } = await attached();
    const written = headset.received.length;
    expect(isInCall()).toBe(false);
    headset.press('line-busy');
    await clock.advance(10);
    expect([isInCall(), changes()]).toEqual([true, 1]);
    headset.press('line-busy');
    await clock.advance(10);
    expect([isInCall(), changes()]).toEqual([false, 2]);
    expect(headset.received.length).toBe(written);
  });

  it('is over for everybody when the device goes, and not known when it comes back', async () => {
    const { headset, bus, calls, clock, keys, isInCall, changes } = await attached();
    const before = keys();
    headset.press('line-busy');
    await clock.advance(10);
    bus.unplug(headset);
    await clock.advance(1000);
    expect(calls.isInCall(before)).toBe(false);
    expect(changes()).toBeGreaterThanOrEqual(2);
    bus.plug(headset);
    await clock.advance(1000);
    expect(isInCall()).toBe(false);
  });

  it('of a dongle is its headset’s too', async () => {
    const { bus, clock, calls, keys } = await attached();
    const child = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
    const dongle = virtualDevice({ family: 'link-380', serial: '50C275000001', child });
    const before = new Set(keys());
    bus.plug(dongle);
    await clock.advance(2000);
    const added = keys().filter((key) => !before.has(key));
    expect(added).toHaveLength(2);
    expect(new Set(added).size).toBe(1);
    expect(calls.isInCall(added)).toBe(false);
    // A softphone takes a call over the dongle: the hook follows.
    child.press('hook');
    await clock.advance(10);
    expect(calls.isInCall(added)).toBe(true);
    expect(calls.isInCall(before)).toBe(false);
  });
});

describe('listening', () => {
  it('costs no path where the conversation’s own tells of calls', async () => {
    const { calls, open, keys, clock } = await attached('one');
    expect(open).toHaveLength(1);
    calls.need(new Set(keys()));
    await clock.advance(100);
    expect(open).toHaveLength(1);
  });

  it('opens telephony, and nothing else, as long as somebody needs to know', async () => {
    const { calls, open, keys, clock, headset, isInCall } = await attached('per-collection');
    expect(open).toEqual([0xff00]);
    calls.need(new Set(keys()));
    await clock.advance(100);
    expect(open.toSorted((a, b) => Number(a) - Number(b))).toEqual([0x0b, 0xff00]);
    headset.press('line-busy');
    await clock.advance(10);
    expect(isInCall()).toBe(true);
    calls.need(new Set());
    await clock.advance(100);
    expect(open).toEqual([0xff00]);
    expect(isInCall()).toBe(false);
  });

  it('begins with a device that is plugged in later, and ends with it', async () => {
    const { calls, open, keys, clock, bus, headset } = await attached('per-collection');
    calls.need(new Set(keys()));
    bus.unplug(headset);
    await clock.advance(1000);
    expect(open).toEqual([]);
    bus.plug(headset);
    await clock.advance(1000);
    expect(open.toSorted((a, b) => Number(a) - Number(b))).toEqual([0x0b, 0xff00]);
  });

  it('leaves nothing open where it is called off while it opens', async () => {
    const { calls, open, keys, clock, discovery } = await attached('per-collection');
    calls.need(new Set(keys()));
    await clock.complete(discovery.stop());
    await clock.advance(100);
    expect(open).toEqual([]);
  });

  it('does without a path that another program has for itself', async () => {
    const { calls, open, keys, clock, isInCall } = await attached('per-collection', ({ usagePage }) => usagePage === 0x0b);
    calls.need(new Set(keys()));
    await clock.advance(100);
    expect(open).toEqual([0xff00]);
    expect(isInCall()).toBe(false);
  });

  it('knows nothing where nobody describes the paths', async () => {
    const { calls, keys, clock, headset, isInCall } = await attached('per-collection-undescribed');
    calls.need(new Set(keys()));
    await clock.advance(100);
    headset.press('line-busy');
    await clock.advance(10);
    expect(isInCall()).toBe(false);
  });
});
