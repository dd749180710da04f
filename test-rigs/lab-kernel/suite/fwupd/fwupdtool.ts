import assert from 'node:assert/strict';
import { findProgram } from '../../../lab/find-program.ts';
import { RunningProgram } from '../../../lab/processes.ts';

/** A device as fwupd lists it. */
export interface FwupdDevice {
  readonly Name: string;
  readonly DeviceId: string;
  readonly Plugin: string;
  readonly Guid?: readonly string[];
  readonly InstanceIds?: readonly string[];
  readonly Serial?: string;
  readonly Version?: string;
  readonly BatteryLevel?: number;
  readonly ParentDeviceId?: string;
}

/** Whatever waits for hot-plug needs the shim on Debian 12. */
export const shim = { LD_PRELOAD: '/run/share/netlink-shim.so' };

/** The vendor's plug-ins. */
const plugins = ['jabra_gnp', 'jabra_file', 'jabra'].flatMap((name) => ['--plugins', name]);

type Environment = Readonly<Record<string, string>>;

export const startFwupdtool = (words: readonly string[], env: Environment = {}): RunningProgram =>
  RunningProgram.start(findProgram('fwupdtool') ?? 'fwupdtool', [...words, ...plugins], { env: { ...shim, ...env } });

/** Runs fwupdtool with the vendor's plug-ins to its end. Rejects where that isn't a good one. */
export async function fwupdtool(words: readonly string[], env: Environment = {}): Promise<{ readonly out: string; readonly err: string }> {
  const { code, out, err } = await startFwupdtool(words, env).ended;
  assert.equal(code, 0, `fwupdtool ${words.join(' ')} ended with ${code}:\n${out}\n${err}`);
  return { out, err };
}

/** Reads what fwupdtool and fwupdmgr list with `--json`; of what they list this is Jabra's. */
export function devicesIn(json: string): readonly FwupdDevice[] {
  // Whatever it says more, such as how long it took, follows the document.
  const document = json.slice(0, json.search(/^\}$/m) + 1);
  // Fwupd's own format, of which each test looks at what it needs.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { Devices = [] } = JSON.parse(document) as { readonly Devices?: readonly FwupdDevice[] };
  return Devices.filter(({ Plugin }) => Plugin.startsWith('jabra'));
}

export const devicesOfFwupd = async (): Promise<readonly FwupdDevice[]> => devicesIn((await fwupdtool(['get-devices', '--json'])).out);
