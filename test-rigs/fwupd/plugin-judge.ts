import { buildCabinet } from './cabinet.ts';
import { emulationZip } from './emulation.ts';
import { Fwupdtool } from './fwupdtool.ts';
import type { RecordedUpdate } from './recorded-update.ts';

/** What fwupd says of a record. */
export interface Judgement {
  /** 0 where it ended well. */
  readonly status: number | null;
  /** All that it printed. */
  readonly output: string;
  /** What the plug-in knows of the device at the end, by the plug-in's own words. */
  readonly known: Readonly<Record<string, string>>;
}

/** Plays records to fwupd's plug-in `jabra-gnp`, which takes them for devices. */
export class PluginJudge {
  readonly #tool = new Fwupdtool();
  readonly #cabinets = new Map<Uint8Array, string>();

  /** Always with a cabinet: without one fwupd ends well even where the set-up failed. */
  async judge({ productId, dfuProductId, zip, version, phases }: RecordedUpdate): Promise<Judgement> {
    const cabinet = this.#cabinets.get(zip) ?? (await buildCabinet(this.#tool, `${this.#cabinets.size}.cab`, zip, dfuProductId, version));
    this.#cabinets.set(zip, cabinet);
    const emulation = this.#tool.put('emulation.zip', emulationZip(productId, phases));
    const said = await this.#tool.run('emulation-load', emulation, cabinet, '--plugins=jabra_gnp', '-vv');
    return { ...said, known: known(said.output) };
  }

  close(): void {
    this.#tool.close();
  }
}

function known(output: string): Readonly<Record<string, string>> {
  const block = output.slice(output.lastIndexOf('cleanup -> FuJabraGnp'));
  const lines = block.split('\n').flatMap((line) => {
    const [, key, value] = /^ {2,4}(\w+): +(\S.*)$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value] as const];
  });
  // Of several lines of one name the first is the device's own.
  return Object.fromEntries(lines.toReversed());
}
