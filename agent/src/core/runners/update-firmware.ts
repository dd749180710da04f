import { CancelSource, type Clock } from '@jpd/protocol';
import { timestampMs } from '../../contract/index.ts';
import { type CommandOutcome, type CommandRunner, notSupported } from '../commands.ts';
import type { FirmwareControl, FirmwareRequestOutcome } from '../firmware/view.ts';
import { failed, refused, succeeded, unknownDevice } from './outcomes.ts';

export interface UpdateContext {
  readonly clock: Clock;
  /** Null where this program updates nothing. */
  readonly firmware: Pick<FirmwareControl, 'request'> | null;
}

/** As long as a platform waits: past the command's expiry nobody looks for its result. A timer takes at most 2^31 - 1 ms. */
const longestWaitMs = 2 ** 31 - 1;

function outcomeOf(came: FirmwareRequestOutcome): CommandOutcome {
  switch (came.status) {
    case 'updated':
    case 'latest':
      return { ...succeeded, data: { version: came.version } };
    case 'failed':
      return failed(came.error.code, came.error.message);
    case 'waiting':
      // It was taken up and goes on by itself; the device document says how.
      return { status: 'accepted', data: { reason: came.reason } };
    case 'rejected':
      return came.reason === 'unknown-device' ? unknownDevice : refused(came.reason, came.message);
  }
}

/** `update-firmware`: installs what is desired as soon as nothing forbids it, what failed before included. Its result waits for that until the command expires. */
export function updateFirmware({ clock, firmware }: UpdateContext): CommandRunner {
  return async ({ deviceId, expiresAt }, progress) => {
    if (!firmware) return notSupported('this client has no way to update firmware');
    if (deviceId === undefined) return notSupported('update-firmware needs a deviceId');
    const cancel = new CancelSource();
    const waitMs = Math.min(Math.max(0, timestampMs(expiresAt) - clock.now()), longestWaitMs);
    const timer = clock.setTimer(waitMs, () => {
      cancel.cancel();
    });
    progress.accepted();
    try {
      return outcomeOf(await firmware.request(deviceId, { signal: cancel.signal, onProgress: progress.running }));
    } finally {
      timer.cancel();
    }
  };
}
