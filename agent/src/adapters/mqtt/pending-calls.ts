import { ErrorWithReasonCode, ErrorWithSubackPacket } from 'mqtt';
import { LinkError } from './errors.ts';

/**
 * Calls that wait for the broker's answer. MQTT.js keeps unanswered publishes of a session for its own next connect and never calls
 * them back, so the end of the connection is told here.
 */
export class PendingCalls {
  readonly #rejects = new Set<(error: LinkError) => void>();
  #closed = false;

  /** Rejects with a LinkError, or with what `start` throws. */
  call(start: (done: (error: Error | null) => void) => void): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#rejects.add(reject);
      try {
        start((error) => {
          // MQTT.js calls back once more for a subscribe that `close` has rejected.
          if (!this.#rejects.delete(reject)) return;
          if (error === null) resolve();
          else reject(refusedError(error));
        });
      } catch (error) {
        this.#rejects.delete(reject);
        throw error;
      }
    });
  }

  /** Rejects all that wait, and all that come. */
  close(): void {
    this.#closed = true;
    for (const reject of this.#rejects) reject(closedError());
    this.#rejects.clear();
  }
}

function closedError(): LinkError {
  return new LinkError('closed', 'the connection to the platform has ended');
}

function refusedError(error: Error): LinkError {
  const reasonCode = reasonCodeOf(error);
  return new LinkError('refused', `the broker refused it: ${error.message}`, { reasonCode, cause: error });
}

function reasonCodeOf(error: Error): number | null {
  if (error instanceof ErrorWithReasonCode) return error.code;
  if (!(error instanceof ErrorWithSubackPacket)) return null;
  // Declared as always there; an error of MQTT.js itself comes without a packet.
  const packet: Partial<ErrorWithSubackPacket>['packet'] = error.packet;
  const granted: readonly unknown[] = packet?.granted ?? [];
  return granted.find((code): code is number => typeof code === 'number' && code >= 0x80) ?? null;
}
