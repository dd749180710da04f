import { DecodeError } from '../bytes/index.ts';
import { Address, encodePacket, type PacketView } from '../frames/index.ts';
import type { CancelSignal, Clock, Timer } from './clock.ts';
import { DeviceError } from './errors.ts';
import { type Match, matchReply, type PendingRequest } from './request.ts';
import type { Timing } from './timing.ts';

/** What is asked of a device. */
export interface RequestPlan extends Omit<PendingRequest, 'sequence'> {
  readonly payload: Uint8Array;
  readonly timing: Timing;
  readonly signal: CancelSignal | undefined;
}

/** What came of it. */
export type Outcome = NonNullable<Match> | { readonly kind: 'error'; readonly error: DecodeError };

/** What a transaction needs of its session. */
export interface TransactionHost {
  readonly clock: Clock;
  send(report: Uint8Array): Promise<void>;
  /** Called once. */
  ended(transaction: Transaction, outcome: Outcome): void;
}

/**
 * One request: waits for its turn, is sent, waits for the answer, pauses, is sent again.
 *
 * INVARIANTS: it ends once, and leaves no timer. Every attempt has the same sequence number, so the answer to any of them counts, also one that comes
 * in a pause. An answer that doesn't decode ends its attempt only.
 */
export class Transaction {
  readonly address: number;
  readonly #plan: RequestPlan;
  readonly #host: TransactionHost;
  #request: PendingRequest | null = null;
  #report: Uint8Array = new Uint8Array(0);
  #attempt = 0;
  #state: 'queued' | 'sending' | 'waiting' | 'pausing' | 'ended' = 'queued';
  #timer: Timer | null = null;
  readonly #cancel = (): void => {
    this.fail(new DeviceError('cancelled', `${this.#plan.message.name} was cancelled`));
  };

  constructor(plan: RequestPlan, host: TransactionHost) {
    this.address = plan.address;
    this.#plan = plan;
    this.#host = host;
    plan.signal?.addEventListener('abort', this.#cancel);
  }

  /** Its turn has come. */
  start(sequence: number): void {
    const { message, address, type, reply, payload, signal } = this.#plan;
    if (signal?.aborted) {
      this.#cancel();
      return;
    }
    this.#request = { message, address, sequence, type, reply };
    const { command, subcommand } = message;
    try {
      this.#report = encodePacket({ destination: address, source: Address.pc, sequence, type, command, subcommand, payload });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#end({ kind: 'error', error });
      return;
    }
    this.#send();
  }

  /** Takes a reply, between its start and its end. False where it answers nothing here. */
  offer(packet: PacketView): boolean {
    const match = this.#request ? matchReply(this.#request, packet) : null;
    if (!match) return false;
    if (match.kind === 'answer' || match.error.code !== 'malformed') this.#end(match);
    else if (this.#state === 'pausing') return false;
    else this.#attemptFailed(match.error);
    return true;
  }

  /** The path failed, or was closed. */
  fail(error: DeviceError): void {
    this.#end({ kind: 'error', error });
  }

  #send(): void {
    const { timing, message } = this.#plan;
    const attempt = (this.#attempt += 1);
    const isCurrent = (): boolean => this.#state === 'sending' && this.#attempt === attempt;
    this.#enter('sending', timing.sendMs, () => {
      this.#attemptFailed(new DeviceError('timeout', `the device didn't take ${message.name} in time`));
    });
    this.#host.send(this.#report).then(
      () => {
        if (!isCurrent()) return;
        this.#enter('waiting', timing.receiveMs, () => {
          this.#attemptFailed(new DeviceError('timeout', `the device didn't answer ${message.name} in time`));
        });
      },
      (error: unknown) => {
        if (isCurrent()) this.fail(new DeviceError('disconnected', `${message.name} could not be sent`, { cause: error }));
      },
    );
  }

  #attemptFailed(error: DeviceError): void {
    const { timing } = this.#plan;
    if (this.#attempt >= timing.attempts) {
      this.fail(error);
      return;
    }
    this.#enter('pausing', timing.retryDelayMs, () => {
      this.#send();
    });
  }

  #enter(state: 'sending' | 'waiting' | 'pausing', milliseconds: number, afterwards: () => void): void {
    this.#timer?.cancel();
    this.#state = state;
    this.#timer = this.#host.clock.setTimer(milliseconds, afterwards);
  }

  #end(outcome: Outcome): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#timer?.cancel();
    this.#plan.signal?.removeEventListener('abort', this.#cancel);
    this.#host.ended(this, outcome);
  }
}
