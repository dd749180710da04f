import { type Clock, type HidChannel, type HidPathInfo, type HidPort, selectGnpPath, Session } from '@jpd/protocol';
import type { DeviceGroup } from './grouping.ts';

const vendorPage = 0xff00;

/** The path of a device that carries GNP, open. */
export interface OpenPath {
  readonly info: HidPathInfo;
  readonly channel: HidChannel;
}

/** Paths worth opening, each once: where the system tells usages (Windows), only those of the vendor's page. */
function candidates(group: DeviceGroup): readonly HidPathInfo[] {
  const byPath = new Map<string, HidPathInfo>();
  for (const info of group.paths) {
    const isWorthIt = info.usagePage === null || info.usagePage === vendorPage;
    if (isWorthIt && (info.usagePage === vendorPage || !byPath.has(info.path))) byPath.set(info.path, info);
  }
  return [...byPath.values()];
}

/**
 * Opens the path of a device that carries GNP and closes the others again. Null where the device has none.
 * Rejects with the first error where a path could not be opened and none of the others carries GNP.
 */
export async function openGnpPath(port: HidPort, group: DeviceGroup): Promise<OpenPath | null> {
  const opened: (OpenPath & { readonly descriptor: Uint8Array | null })[] = [];
  const errors: unknown[] = [];
  for (const info of candidates(group)) {
    try {
      const channel = await port.open(info);
      opened.push({ info, channel, descriptor: channel.descriptor });
    } catch (error) {
      errors.push(error);
    }
  }
  const chosen = selectGnpPath(opened);
  // What cannot be closed is gone.
  await Promise.allSettled(opened.filter((path) => path !== chosen).map(({ channel }) => channel.close()));
  if (!chosen && errors.length > 0) throw errors[0];
  return chosen;
}

/** A conversation over the path that `openGnpPath` finds; null and rejects as that does. */
export async function openSession(port: HidPort, group: DeviceGroup, clock: Clock): Promise<Session | null> {
  const path = await openGnpPath(port, group);
  return path && new Session(path.channel, clock);
}
