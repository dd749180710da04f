import { openLog } from '../app.ts';
import { type FirmwareUpdate, PackageFileError, updateFirmwareByHand } from '../app/firmware-update.ts';
import { endSoon } from './end-soon.ts';
import { answer, exitCode, oneLine, tell } from './output.ts';
import { ProgressBar } from './progress.ts';
import { usableConfiguration, whileAlive } from './session.ts';

export interface FirmwareUpdateOptions {
  readonly config: string | null;
  readonly device: string;
  readonly package: string;
  readonly allowDowngrade: boolean;
}

const steps: Readonly<Record<string, string>> = {
  checking: 'asking the device',
  transferring: 'sending',
  verifying: 'checking what arrived',
  installing: 'the device installs it: leave it plugged in',
  restoring: 'the device starts',
};

/** Nobody knows how long a device takes for these. */
const endless = ['checking', 'verifying', 'installing', 'restoring'];

/** What came of it, on standard output where it is well, else on standard error. Gives the exit code. */
function tellOutcome(outcome: FirmwareUpdate, stateDir: string): number {
  switch (outcome.status) {
    case 'updated':
      answer(`updated from ${outcome.from} to ${outcome.version}`);
      return exitCode.done;
    case 'current':
      answer(`the device runs ${outcome.version} already: nothing was written`);
      return exitCode.done;
    case 'agent-runs': {
      const holder = outcome.pid === null ? '' : ` (process ${outcome.pid})`;
      tell(`a jabra-agent${holder} works on ${stateDir} and has the devices: end it first, or let the platform install the package`);
      return exitCode.fault;
    }
    case 'cancelled':
      tell('called off: the device runs what it ran');
      return exitCode.fault;
    case 'refused':
    case 'failed':
      tell(outcome.message);
      return exitCode.fault;
  }
}

/** `jabra-agent firmware update`: one device by hand. Ctrl-C calls it off as long as the device was not told to install. Gives the exit code. */
export async function firmwareUpdate({ config, device, package: file, allowDowngrade }: FirmwareUpdateOptions): Promise<number> {
  const loaded = await usableConfiguration(config);
  if (!loaded) return exitCode.wrongUse;
  const bar = new ProgressBar(process.stderr);
  const cancel = new AbortController();
  let isInstalling = false;
  const onSignal = (): void => {
    bar.end();
    tell(isInstalling ? 'it is too late to call it off: the device installs what it has, leave it plugged in' : 'calling it off');
    cancel.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  const request = {
    deviceId: device,
    file,
    allowDowngrade,
    signal: cancel.signal,
    onBegin: ({ name, from, to }: { readonly name: string; readonly from: string; readonly to: string }) => {
      tell(`${name} ${device}: ${from} → ${to}`);
    },
    onProgress: (phase: string, percent: number) => {
      isInstalling = phase === 'installing' || phase === 'restoring';
      bar.show(steps[phase] ?? phase, endless.includes(phase) ? null : percent);
    },
  };
  try {
    const log = openLog({ folder: null, level: 'error', secrets: [] });
    const outcome = await whileAlive(() => updateFirmwareByHand(loaded, request, log));
    bar.end();
    return endSoon(tellOutcome(outcome, loaded.configuration.stateDir));
  } catch (error) {
    bar.end();
    tell(oneLine(error));
    return endSoon(error instanceof PackageFileError ? exitCode.wrongUse : exitCode.fault);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  }
}
