import type { HidPathInfo, HidPort } from '@jpd/protocol';

/** A port whose list is changed on the way; what it opens is the original path. */
export function relisted(port: HidPort, change: (info: HidPathInfo) => HidPathInfo | null): HidPort {
  const originals = new Map<string, HidPathInfo>();
  return {
    list: async (vendorId) => {
      const listed = await port.list(vendorId);
      return listed.flatMap((info) => {
        const changed = change(info);
        if (changed) originals.set(changed.path, info);
        return changed ? [changed] : [];
      });
    },
    onChange: (listener) => port.onChange(listener),
    open: (info) => port.open(originals.get(info.path) ?? info),
    close: () => port.close(),
  };
}

/** The same port under another name: its physical ports and paths are its own. */
export const named = (name: string, port: HidPort): HidPort =>
  relisted(port, (info) => ({ ...info, path: `${name}/${info.path}`, physicalPort: `${name}/${info.physicalPort}` }));

/** Several ports as one. Paths must differ. */
export function joined(...ports: readonly HidPort[]): HidPort {
  const owners = new Map<string, HidPort>();
  return {
    list: async (vendorId) => {
      const lists = await Promise.all(ports.map(async (port) => ({ port, paths: await port.list(vendorId) })));
      for (const { port, paths } of lists) for (const { path } of paths) owners.set(path, port);
      return lists.flatMap(({ paths }) => paths);
    },
    onChange: (listener) => {
      const ends = ports.map((port) => port.onChange(listener));
      return () => {
        for (const end of ends) end();
      };
    },
    open: async (info) => {
      const owner = owners.get(info.path);
      if (!owner) throw new Error(`nobody listed ${info.path}`);
      return owner.open(info);
    },
    close: async () => {
      await Promise.all(ports.map((port) => port.close()));
    },
  };
}
