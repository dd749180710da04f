import type { UpdateJournal } from '@jpd/protocol';
import type { ManagedDevice } from '../devices/managed-device.ts';
import type { FirmwareContext } from './engine-context.ts';
import type { RunResult } from './outcome.ts';
import type { Reach } from './reach.ts';
import { UpdateRun, type UpdateRunContext, type UpdateTask } from './update-run.ts';

/** How long a device that restarted may take to be back for everybody; one that was not restarted needs only to be found again. */
const graceMs = { restarted: 30_000, other: 10_000 } as const;

export interface UpdateSessionContext
  extends Pick<FirmwareContext, 'clock' | 'hid' | 'devices'>, Pick<UpdateRunContext, 'md5' | 'mayWrite' | 'onProgress' | 'onSent'> {
  readonly journal: UpdateJournal;
  readonly onAway: (isAway: boolean) => void;
  /** It has the new version, and everybody finds it again. */
  readonly onRestoring: () => void;
}

/** One update with everything around it: whatever is on the same plug is let go by everybody else, and found again when it is over. */
export class UpdateSession {
  readonly #context: UpdateSessionContext;
  readonly #device: ManagedDevice;
  #run: UpdateRun | null = null;
  #isCancelled = false;

  constructor(context: UpdateSessionContext, device: ManagedDevice) {
    this.#context = context;
    this.#device = device;
  }

  /** As far as that is still possible. */
  cancel(): void {
    this.#isCancelled = true;
    this.#run?.cancel();
  }

  /** Resolves when the device is there again for everybody, or was reported gone. */
  async run(task: UpdateTask, { key }: Reach): Promise<RunResult> {
    const { devices, hid } = this.#context;
    const held = devices().reachedBy(key);
    const plugged = held.find(({ routes }) => routes.has(key));
    await Promise.all(held.map((device) => device.hold()));
    const lease = await hid.lease(key, plugged?.deviceId.includes('-path-') ?? false);
    let result: RunResult = { kind: 'later', message: 'the device is gone' };
    try {
      if (this.#isCancelled) result = { kind: 'cancelled' };
      else if (lease) result = await this.#runLeased(task, { ...this.#context, lease });
    } finally {
      if (result.kind === 'updated') this.#context.onRestoring();
      lease?.release();
      const grace = result.kind === 'updated' ? graceMs.restarted : graceMs.other;
      const released = held.map((device) => ({ device, isBack: device.release(grace) }));
      // What is behind a dongle may be switched off: the dongle's update is over without it.
      await released.find(({ device }) => device === this.#device)?.isBack;
    }
    return result;
  }

  #runLeased(task: UpdateTask, context: UpdateRunContext): Promise<RunResult> {
    const device = this.#device;
    const { onAway } = this.#context;
    this.#run = new UpdateRun({
      ...context,
      onAway: (isAway) => {
        onAway(isAway);
        void device.reportAway(isAway);
      },
    });
    return this.#run.run(task);
  }
}
