import type { Clock } from '@jpd/protocol';
import { type BodyOf, type Command, commandNotSupported, resultSchema, timestampMs } from '../contract/index.ts';
import type { IncomingMessage, Json, Log, StoreWrite } from '../ports/index.ts';
import { isJsonObject } from './state/json-object.ts';
import type { Section } from './state/section.ts';

const keepAfterExpiryMs = 24 * 3_600_000;
/** Far more than a platform sends in the lifetime of a command. */
const maxRemembered = 5000;
const forgottenAtOnce = 500;
/** Percent. */
const progressStep = 5;

/** A command that was seen, so that it runs once; with its last result, once there is one. */
export type CommandRecord = { readonly keepUntil: number; readonly result: CommandResultBody | null };

type CommandResultBody = BodyOf<'results'>;

/** What running a command comes to, without what every result has. */
export type CommandOutcome = Omit<CommandResultBody, 'commandId'>;

/** How a runner tells of what takes time. After its outcome nothing is told any more. */
export interface CommandProgress {
  /** It can be done, will be, and takes a while. */
  readonly accepted: () => void;
  /** It is being done: `percent` of it, 0 to 100, where that is known. Told in steps of 5. */
  readonly running: (percent?: number) => void;
}

export type CommandRunner = (command: Command, progress: CommandProgress) => Promise<CommandOutcome>;

export interface CommandsContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly records: Section<CommandRecord>;
  readonly commit: (writes: readonly StoreWrite[]) => Promise<void>;
  readonly publish: (result: CommandResultBody, source: IncomingMessage) => Promise<void>;
  /** One runner a type; a type without one is rejected as not supported. */
  readonly runners: Readonly<Partial<Record<string, CommandRunner>>>;
}

/** Results are kept without `sentAt` and schema; their own fields are checked as one that would be sent. */
function parseResult(json: Json): CommandResultBody | null {
  if (!isJsonObject(json)) return null;
  const parsed = resultSchema.safeParse({ ...json, schema: 'result/1', sentAt: '1970-01-01T00:00:00.000Z' });
  if (!parsed.success) return null;
  const { schema: _schema, sentAt: _sentAt, ...result } = parsed.data;
  return result;
}

export function parseCommandRecord(json: Json): CommandRecord | null {
  if (!isJsonObject(json)) return null;
  const { keepUntil, result } = json;
  return typeof keepUntil === 'number' ? { keepUntil, result: parseResult(result ?? null) } : null;
}

/** What a type that can't be done is answered with. */
export const notSupported = (what: string): CommandOutcome => ({ status: 'rejected', error: { code: commandNotSupported, message: what } });

const internalError: CommandOutcome = {
  status: 'failed',
  error: { code: 'internal-error', message: 'the command failed; the log of the client says why' },
};
const interrupted: CommandOutcome = { status: 'failed', error: { code: 'interrupted', message: 'the client ended while it ran the command' } };

/** Runs the platform's commands: each id once, over restarts; expired ones not at all. */
export class Commands {
  readonly #context: CommandsContext;
  /** What runs, with what was told of it last. */
  readonly #running = new Map<string, CommandResultBody | null>();
  /** Platform time less monotonic time, null where no ack told it. Setting the PC's clock doesn't change it. */
  #platformOffset: number | null = null;

  constructor(context: CommandsContext) {
    this.#context = context;
  }

  /** The platform's clock, from an ack that names an event sent in this connection. */
  platformTime(sentAtMs: number): void {
    this.#platformOffset = sentAtMs - this.#context.clock.monotonic();
  }

  /** The connection ended: its clock difference no longer counts. */
  disconnected(): void {
    this.#platformOffset = null;
  }

  #platformNow(): number {
    const { clock } = this.#context;
    return this.#platformOffset === null ? clock.now() : clock.monotonic() + this.#platformOffset;
  }

  /** Resolves when the command is on disk; it runs after that. */
  async receive(command: Command, source: IncomingMessage): Promise<void> {
    const { clock, records, commit } = this.#context;
    const { id } = command;
    const seen = records.get(id);
    if (seen) {
      await this.#answerAgain(id, seen, source);
      return;
    }
    const expiresAt = timestampMs(command.expiresAt);
    const keepUntil = Math.max(expiresAt, clock.now()) + keepAfterExpiryMs;
    const isExpired = expiresAt <= this.#platformNow();
    this.#running.set(id, null);
    await commit([...this.#forgetOld(), records.put(id, { keepUntil, result: null })]);
    void this.#run(command, isExpired, source).then(async (outcome) => {
      this.#running.delete(id);
      await this.#finish(id, keepUntil, outcome, source);
    });
  }

  async #answerAgain(id: string, { keepUntil, result }: CommandRecord, source: IncomingMessage): Promise<void> {
    const told = this.#running.get(id) ?? result;
    if (told) this.#publish(told, source);
    // It was cut off by the end of a process: it runs once, so it doesn't run again.
    else if (!this.#running.has(id)) await this.#finish(id, keepUntil, interrupted, source);
  }

  async #run(command: Command, isExpired: boolean, source: IncomingMessage): Promise<CommandOutcome> {
    const { log, runners } = this.#context;
    const { id, type } = command;
    const runner = Object.hasOwn(runners, type) ? runners[type] : undefined;
    if (isExpired) return { status: 'expired' };
    if (!runner) return notSupported(`this client has no way to do ${type}`);
    try {
      return await runner(command, this.#progress(id, source));
    } catch (error) {
      log.error('a command failed', { commandId: id, type, error });
      return internalError;
    }
  }

  #progress(commandId: string, source: IncomingMessage): CommandProgress {
    const tell = (outcome: CommandOutcome): void => {
      const told = this.#running.get(commandId);
      if (told === undefined || (told?.status === outcome.status && told.progress === outcome.progress)) return;
      const result = { ...outcome, commandId };
      this.#running.set(commandId, result);
      this.#publish(result, source);
    };
    return {
      accepted: () => {
        tell({ status: 'accepted' });
      },
      running: (percent) => {
        tell({ status: 'running', ...(percent === undefined ? {} : { progress: Math.floor(percent / progressStep) * progressStep }) });
      },
    };
  }

  async #finish(id: string, keepUntil: number, outcome: CommandOutcome, source: IncomingMessage): Promise<void> {
    const { commit, records } = this.#context;
    const result = { ...outcome, commandId: id };
    await commit([records.put(id, { keepUntil, result })]);
    this.#publish(result, source);
  }

  #publish(result: CommandResultBody, source: IncomingMessage): void {
    this.#context.publish(result, source).catch((error: unknown) => {
      this.#context.log.warn('a result could not be sent; it is sent again when the command is repeated', { commandId: result.commandId, error });
    });
  }

  #forgetOld(): StoreWrite[] {
    const { clock, records } = this.#context;
    const kept = [...records.entries()].filter(([id]) => !this.#running.has(id));
    const old = kept.filter(([, { keepUntil }]) => keepUntil < clock.now());
    // Those that end first, where somebody sends command after command that never does: they must not fill the disk.
    // Some at a time, so that not each of them has all of them sorted.
    const left = kept.length - old.length;
    const surplus = left > maxRemembered ? left - maxRemembered + forgottenAtOnce : 0;
    const first = surplus === 0 ? [] : kept.toSorted(([, a], [, b]) => a.keepUntil - b.keepUntil).slice(old.length, old.length + surplus);
    return [...old, ...first].map(([id]) => records.remove(id));
  }
}
