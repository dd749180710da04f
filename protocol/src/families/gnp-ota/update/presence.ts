import { Address } from '../../../frames/index.ts';
import { connectionState } from '../../../messages/bluetooth.ts';
import { dfuProductId } from '../../../messages/identity.ts';
import type { CancelSignal, Clock } from '../../../session/clock.ts';
import type { UpdateConnection, UpdateTarget } from '../../update/index.ts';
import { isAbsence } from './facts.ts';
import { updateLimits } from './machine/index.ts';

/** A path that takes longer than this to open or to close is none. */
const openMs = 10_000;

const isBehindDongle = (address: number): boolean => address >= Address.headset1 && address <= Address.headset4;

/** What `promise` gives, or null after `milliseconds`; then `late` gets what still comes. A rejection is null as well. */
export function within<T>(clock: Clock, milliseconds: number, promise: Promise<T>, late?: (value: T) => void): Promise<T | null> {
  return new Promise((resolve) => {
    let isLate = false;
    const timer = clock.setTimer(milliseconds, () => {
      isLate = true;
      resolve(null);
    });
    promise.then(
      (value) => {
        timer.cancel();
        if (isLate) late?.(value);
        else resolve(value);
      },
      () => {
        timer.cancel();
        resolve(null);
      },
    );
  });
}

/** Closes without being held up by it: what cannot be closed is gone. */
export async function release(clock: Clock, connection: UpdateConnection): Promise<void> {
  await within(clock, openMs, connection.close());
}

/** Opens the device where it is now; null where it isn't, or where that takes too long. */
export function reach(target: UpdateTarget, clock: Clock): Promise<UpdateConnection | null> {
  return within(clock, openMs, target.connect(), (connection) => {
    if (connection) void release(clock, connection);
  });
}

/** Asks the dongle whether the headset is there; false only where it says that it isn't. */
async function isStillThere({ session, address }: UpdateConnection): Promise<boolean> {
  try {
    await session.read(dfuProductId, address);
    return true;
  } catch (error) {
    return !isAbsence(error);
  }
}

/**
 * Calls back once when the device went: its path failed, or its dongle told of a connection that changed (GNP 0D/26; a headset that restarted may be back
 * already), or, asked every second where `looks`, says that it isn't there. Returns what ends the watch.
 */
export function watchPresence(connection: UpdateConnection, clock: Clock, onGone: () => void, looks = false): () => void {
  const { session, address } = connection;
  let isOver = false;
  const ends: (() => void)[] = [];
  const stop = (): void => {
    isOver = true;
    for (const end of ends) end();
  };
  const gone = (): void => {
    if (isOver) return;
    stop();
    onGone();
  };
  const look = async (): Promise<void> => {
    if (!(await isStillThere(connection))) gone();
  };
  ends.push(session.onClosed(gone));
  if (!isBehindDongle(address)) return stop;
  ends.push(
    session.onEvent((packet) => {
      if (packet.command === connectionState.command && packet.subcommand === connectionState.subcommand) gone();
    }),
  );
  const lookLater = (): void => {
    const timer = clock.setTimer(updateLimits.lookMs, () => {
      void look().then(() => {
        if (!isOver) lookLater();
      });
    });
    ends.push(() => {
      timer.cancel();
    });
  };
  if (looks) lookLater();
  return stop;
}

/** Whether the device went within `milliseconds`. */
export function untilGone(connection: UpdateConnection, clock: Clock, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(milliseconds, () => {
      stop();
      resolve(false);
    });
    const stop = watchPresence(
      connection,
      clock,
      () => {
        timer.cancel();
        resolve(true);
      },
      true,
    );
  });
}

/** Until something came or went, a second has passed, or it is called off. */
function untilChange(target: UpdateTarget, clock: Clock, milliseconds: number, signal: CancelSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      end();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimer(milliseconds, done);
    const end = target.onChange(done);
    signal.addEventListener('abort', done);
  });
}

/** A device that was found, and what `ask` got from it. */
export interface Found<T> {
  readonly connection: UpdateConnection;
  readonly answer: T;
}

/**
 * Opens the device wherever it comes back, and asks it, until `ask` gives something else than null; null after `milliseconds`, or where it is called off.
 * Looks whenever the target tells of a change, and every second.
 */
export async function untilFound<T>(
  target: UpdateTarget,
  clock: Clock,
  milliseconds: number,
  signal: CancelSignal,
  ask: (connection: UpdateConnection) => Promise<T | null>,
): Promise<Found<T> | null> {
  const deadline = clock.monotonic() + milliseconds;
  while (!signal.aborted) {
    const connection = await reach(target, clock);
    if (connection) {
      const answer = signal.aborted ? null : await ask(connection);
      if (answer !== null && !signal.aborted) return { connection, answer };
      await release(clock, connection);
    }
    const left = deadline - clock.monotonic();
    if (left <= 0 || signal.aborted) return null;
    await untilChange(target, clock, Math.min(updateLimits.lookMs, left), signal);
  }
  return null;
}
