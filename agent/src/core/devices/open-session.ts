import { type Clock, type HidChannel, type HidPathInfo, type HidPort, selectGnpPath, Session } from '@jpd/protocol';
import type { DeviceGroup } from './grouping.ts';

const vendorPage = 0xff00;

/** Paths worth opening, each once: where the system tells usages (Windows), only those of the vendor's page. */
function candidates(group: DeviceGroup): readonly HidPathInfo[] {
  const unique = [...new Map(group.paths.map((info) => [info.path, info])).values()];
  const known = unique.filter(({ path }) =>
    group.paths.some((info) => info.path === path && (info.usagePage === null || info.usagePage === vendorPage)),
  );
  return known.map((info) => group.paths.find(({ path, usagePage }) => path === info.path && usagePage === vendorPage) ?? info);
}

/**
 * Opens the path of a device that carries GNP and closes the others again. Null where the device has none.
 * Rejects with the first error where no path could be opened.
 */
export async function openSession(port: HidPort, group: DeviceGroup, clock: Clock): Promise<Session | null> {
  const opened: { info: HidPathInfo; channel: HidChannel; descriptor: Uint8Array | null }[] = [];
  const errors: unknown[] = [];
  const wanted = candidates(group);
  for (const info of wanted) {
    try {
      const channel = await port.open(info);
      opened.push({ info, channel, descriptor: channel.descriptor });
    } catch (error) {
      errors.push(error);
    }
  }
  const chosen = selectGnpPath(opened);
  await Promise.all(opened.filter((path) => path !== chosen).map(({ channel }) => channel.close()));
  if (chosen) return new Session(chosen.channel, clock);
  if (errors.length > 0) throw errors[0];
  return null;
}
