import type { HidChannel, HidPathInfo, HidPort } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { groupPaths } from './grouping.ts';
import { openGnpPath } from './open-session.ts';

/** A port that notes what is opened and closed. */
async function observed(paths: 'one' | 'per-collection' | 'per-collection-undescribed', refuse: (info: HidPathInfo) => boolean = () => false) {
  const bus = new VirtualBus(new VirtualClock());
  bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', paths }));
  const [group] = groupPaths(await bus.list(0x0b0e));
  if (!group) throw new Error('nothing is listed');
  const open = new Set<string>();
  const opened: string[] = [];
  const port: HidPort = {
    ...bus.port(),
    open: async (info) => {
      if (refuse(info)) throw new Error(`${info.path} is in use`);
      const channel: HidChannel = await bus.open(info);
      open.add(info.path);
      opened.push(info.path);
      return {
        descriptor: channel.descriptor,
        write: (report) => channel.write(report),
        onReport: (listener) => channel.onReport(listener),
        onClosed: (listener) => channel.onClosed(listener),
        close: async () => {
          open.delete(info.path);
          await channel.close();
        },
      };
    },
  };
  return { group, port, open, opened, gnp: group.paths.find(({ usagePage }) => usagePage === 0xff00)?.path };
}

describe('the GNP path of a device', () => {
  it.each(['one', 'per-collection', 'per-collection-undescribed'] as const)('is the only one left open: %s', async (paths) => {
    const { group, port, open, gnp } = await observed(paths);
    expect((await openGnpPath(port, group))?.info.path).toBe(gnp);
    expect([...open]).toEqual([gnp]);
  });

  it('is the only one opened where the system tells usages: nobody’s keyboard is touched', async () => {
    const { group, port, opened, gnp } = await observed('per-collection');
    await openGnpPath(port, group);
    expect(opened).toEqual([gnp]);
  });

  it('is found among paths whose usage the system doesn’t tell', async () => {
    const { group, port, open, opened, gnp } = await observed('per-collection');
    const paths = group.paths.map((info) => ({ ...info, usagePage: null, usage: null }));
    expect((await openGnpPath(port, { ...group, paths }))?.info.path).toBe(gnp);
    expect(opened).toHaveLength(paths.length);
    expect([...open]).toEqual([gnp]);
  });

  it('is opened once where the system lists it once for each collection', async () => {
    const { group, port, opened } = await observed('one');
    const [info] = group.paths;
    if (!info) throw new Error('nothing is listed');
    const path = await openGnpPath(port, { ...group, paths: [{ ...info, usagePage: 0x0b, usage: 5 }, info, { ...info, usagePage: 0x0c, usage: 1 }] });
    expect(path?.info.usagePage).toBe(0xff00);
    expect(opened).toHaveLength(1);
  });

  it('is null where there is none', async () => {
    const { group, port, open } = await observed('per-collection-undescribed');
    expect(await openGnpPath(port, { ...group, paths: group.paths.filter(({ usagePage }) => usagePage !== 0xff00) })).toBeNull();
    expect([...open]).toEqual([]);
  });

  it('is not given up where another path cannot be opened, and is where it cannot be itself', async () => {
    const others = await observed('per-collection', (info) => info.usagePage !== 0xff00);
    const paths = others.group.paths.map((info) => (info.usagePage === 0xff00 ? info : { ...info, usagePage: null }));
    expect((await openGnpPath(others.port, { ...others.group, paths }))?.info.path).toBe(others.gnp);
    const own = await observed('per-collection', (info) => info.usagePage === 0xff00);
    await expect(openGnpPath(own.port, own.group)).rejects.toThrow(`${own.gnp} is in use`);
    expect([...own.open]).toEqual([]);
  });
});
