import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GnpDevice, type HidPathInfo, type HidPort, parseVersion, readChildHeadset, readIdentity, Session } from '@jpd/protocol';
import type { VirtualDevice } from '@jpd/protocol/virtual';
import { deviceGuid } from '../../../fwupd/cabinet.ts';
import type { QuirkRow } from '../../../fwupd/quirks.ts';
import { machineClock } from '../../../platform/machine-clock.ts';
import { devicesIn, fwupdtool } from './fwupdtool.ts';

/** What both clients read of a device. What the plug-in doesn't read is null. */
export interface Reading {
  /** fwupd's id of it, of the product id on USB, or of the DFU product id of a headset behind a dongle. */
  readonly guid: string;
  readonly plugin: string;
  readonly name: string | null;
  readonly version: string | null;
  readonly serial: string | null;
  readonly dfuProductId: number | null;
  /** `jabra_gnp` reads it of a headset behind a dongle only. */
  readonly battery: number | null;
}

const run = promisify(execFile);

/** What udev's database calls a product: fwupd shows that where its plug-in doesn't ask the device itself. */
async function databaseName(productId: number): Promise<string | null> {
  const id = productId.toString(16).toUpperCase().padStart(4, '0');
  const { stdout } = await run('systemd-hwdb', ['query', `usb:v0B0Ep${id}`]);
  return /^ID_MODEL_FROM_DATABASE=(.+)$/m.exec(stdout)?.[1] ?? null;
}

/** Two parts, the second of two digits: what a release on USB holds of "2.32.8", which is all that `jabra` reads. */
function released(version: string | null): string | null {
  const parsed = version === null ? null : parseVersion(version);
  return parsed && `${parsed[0]}.${parsed[1]}`;
}

/** What this library reads of a device that is plugged in, and of the headset behind it, as far as the plug-in of `row` reads it too. */
export async function ourReading(
  hid: HidPort,
  info: HidPathInfo,
  { state }: VirtualDevice,
  { plugin, productId }: QuirkRow,
): Promise<readonly Reading[]> {
  const session = new Session(await hid.open(info), machineClock);
  try {
    const { name, version, dfuProductId } = await readIdentity(session, state.family.address);
    const guid = deviceGuid(info.productId);
    const unread = { serial: null, dfuProductId: null, battery: null };
    if (plugin === 'jabra')
      return [{ ...unread, guid, plugin, name: (await databaseName(productId)) ?? name, version: released(version), serial: info.serial }];
    const own = { ...unread, guid, plugin, name, version, dfuProductId };
    const child = state.family.hasChildren ? await readChildHeadset(session, new GnpDevice(session, state.family.address, state.family, [])) : null;
    if (!child) return [own];
    const battery = (await child.device.battery())?.level ?? null;
    const { identity, productId: ofChild } = child;
    return [own, { ...own, guid: deviceGuid(ofChild), name: identity.name, version: identity.version, dfuProductId: ofChild, battery }];
  } finally {
    await session.close();
  }
}

/** DFU product ids that the plug-ins read, by fwupd's own id of the device: its log has them, its list has not. */
function dfuProductIds(log: string): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  for (const block of log.split('ADDED:').slice(1)) {
    const value = (key: string): string | undefined => new RegExp(`^ {2}${key}: +(\\S+)$`, 'm').exec(block)?.[1];
    const [id, dfu] = [value('DeviceId'), value('DfuPid')];
    if (id !== undefined && dfu !== undefined) ids.set(id, Number(dfu));
  }
  return ids;
}

/** What fwupd reads of everything that is plugged in. */
export async function fwupdReading(): Promise<readonly Reading[]> {
  const { out, err } = await fwupdtool(['get-devices', '--json', '-vv'], { FWUPD_VERBOSE: 'FuMain' });
  const ids = dfuProductIds(err);
  return devicesIn(out).map(({ Guid, Plugin, Name, Version, Serial, DeviceId, BatteryLevel }) => ({
    guid: Guid?.[0] ?? '',
    plugin: Plugin,
    name: Name,
    version: Version ?? null,
    serial: Serial ?? null,
    dfuProductId: ids.get(DeviceId) ?? null,
    battery: BatteryLevel ?? null,
  }));
}
