import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** What fwupd's list says of one Jabra product. */
export interface QuirkRow {
  readonly productId: number;
  readonly plugin: 'jabra' | 'jabra_file' | 'jabra_gnp';
  /** JabraGnpAddress; fwupd takes 8 where it is missing. */
  readonly address: number;
  /** JabraMagic: report id and address that detach it, null where it isn't detached. */
  readonly magic: { readonly reportId: number; readonly address: number } | null;
  /** CounterpartGuid: what it is in its boot mode. */
  readonly bootProductId: number | null;
}

const folder = '/usr/share/fwupd/quirks.d';

const isOurs = (plugin: string | undefined): plugin is QuirkRow['plugin'] => plugin === 'jabra' || plugin === 'jabra_file' || plugin === 'jabra_gnp';

/** Reads every Jabra product of the list that the installed fwupd works by. */
export function jabraQuirks(): readonly QuirkRow[] {
  const texts = readdirSync(folder).map((name) => {
    const content = readFileSync(join(folder, name));
    return (name.endsWith('.gz') ? gunzipSync(content) : content).toString();
  });
  return texts.flatMap((text) => text.split(/^\[/m).flatMap(rowOf));
}

function rowOf(section: string): readonly QuirkRow[] {
  const id = /^USB\\VID_0B0E&PID_([0-9A-F]{4})\]/.exec(section)?.[1];
  const value = (key: string): string | undefined => new RegExp(`^${key} *= *(.+)$`, 'm').exec(section)?.[1]?.trim();
  const plugin = value('Plugin');
  if (id === undefined || !isOurs(plugin)) return [];
  const [, report, address] = /^(..)(..)$/.exec(value('JabraMagic') ?? '') ?? [];
  const boot = /PID_([0-9A-F]{4})/.exec(value('CounterpartGuid') ?? '')?.[1];
  return [
    {
      productId: Number.parseInt(id, 16),
      plugin,
      address: Number(value('JabraGnpAddress') ?? 8),
      magic: report === undefined || address === undefined ? null : { reportId: Number.parseInt(report, 16), address: Number.parseInt(address, 16) },
      bootProductId: boot === undefined ? null : Number.parseInt(boot, 16),
    },
  ];
}
