import { DeviceError } from '../../session/errors.ts';
import type { RequestOptions } from '../../session/session.ts';
import { defaultTiming } from '../../session/timing.ts';

export interface Sending {
  /** Sends the request, with these options. */
  readonly send: (options: RequestOptions) => Promise<void>;
  /** Asked after each attempt without an answer: true where the request was carried out all the same. */
  readonly isDone?: () => Promise<boolean>;
  /** Its attempts are those of the request as a whole; default: 3. */
  readonly options: RequestOptions;
}

/**
 * Sends a request that changes something. An acknowledgement can be lost while the request was carried out, and whether a dongle takes it twice is not
 * known: so each attempt is followed by a question, and a refusal after an attempt without an answer may object to just that attempt. Then the caller waits
 * for what comes of it, as after an acknowledgement. Rejects with `DeviceError`: `rejected` where the first answer is a refusal, `timeout` without any.
 */
export async function sendCarefully({ send, isDone, options }: Sending): Promise<void> {
  const attempts = options.timing?.attempts ?? defaultTiming.attempts;
  const once: RequestOptions = { ...options, timing: { ...options.timing, attempts: 1 } };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send(once);
      return;
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      if (error.code === 'rejected' && attempt > 1) return;
      if (error.code !== 'timeout' || attempt >= attempts) throw error;
    }
    if (await isDone?.()) return;
  }
}
