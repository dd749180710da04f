import { DeviceError, type GnpDevice, type RequestOptions } from '@jpd/protocol';
import type { RouteUse } from './route-use.ts';

/** Something that is asked of a device. */
export type DeviceWork = (device: GnpDevice, options: RequestOptions) => Promise<void>;

/** The device, or the route to it, went. */
export const isGone = (error: unknown): boolean => error instanceof DeviceError && (error.code === 'disconnected' || error.code === 'cancelled');

/** Does `work` as one of a device's tasks. False where the device isn't there, or goes before it answers. Rejects with what `work` rejects with. */
export async function askBetween(
  post: (task: () => Promise<void>) => Promise<void>,
  useNow: () => RouteUse | null,
  work: DeviceWork,
): Promise<boolean> {
  const outcome: { done: boolean; error?: unknown } = { done: false };
  await post(async () => {
    const use = useNow();
    const device = use?.route.device;
    if (!use || !device) return;
    try {
      await work(device, use.options);
      outcome.done = true;
    } catch (error) {
      if (!isGone(error)) outcome.error = error;
    }
  });
  if (outcome.error !== undefined) throw outcome.error;
  return outcome.done;
}

/** Gives what `task` gives as one of a device's tasks, `otherwise` where it wasn't begun or failed. */
export async function answerBetween<T>(post: (task: () => Promise<void>) => Promise<void>, otherwise: T, task: () => Promise<T>): Promise<T> {
  let answer = otherwise;
  await post(async () => {
    answer = await task();
  });
  return answer;
}
