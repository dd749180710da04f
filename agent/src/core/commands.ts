import type { Clock } from '@jpd/protocol';
import { type BodyOf, type Command, timestampMs } from '../contract/index.ts';
import type { IncomingMessage, Json, Log, StoreWrite } from '../ports/index.ts';
import type { Section } from './state/section.ts';

const keepAfterExpiryMs = 24 * 3_600_000;

/** A command that was seen, so that it runs once; with its last result, once there is one. */
export type CommandRecord = { readonly keepUntil: number; readonly result: CommandResultBody | null };

type CommandResultBody = BodyOf<'results'>;

/** What running a command comes to, without what every result has. */
export type CommandOutcome = Omit<CommandResultBody, 'commandId'>;

export type CommandRunner = (command: Command) => Promise<CommandOutcome>;

export interface CommandsContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly records: Section<CommandRecord>;
  readonly commit: (writes: readonly StoreWrite[]) => Promise<void>;
  readonly publish: (result: CommandResultBody, source: IncomingMessage) => Promise<void>;
  /** One runner a type; a type without one is rejected as not supported. */
  readonly runners: Readonly<Partial<Record<string, CommandRunner>>>;
}

export function parseCommandRecord(json: Json): CommandRecord | null {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  const { keepUntil, result } = json as { readonly [key: string]: Json };
  // Written by this program only; a result that was damaged is found out by the store's checksum.
  return typeof keepUntil === 'number' ? { keepUntil, result: (result ?? null) as CommandResultBody | null } : null;
}

/** What a type that can't be done is answered with. */
export const notSupported = (what: string): CommandOutcome => ({ status: 'rejected', error: { code: 'not-supported', message: what } });

/** Runs the platform's commands: each id once, over restarts; expired ones not at all. */
export class Commands {
  readonly #context: CommandsContext;
  #clockOffset = 0;

  constructor(context: CommandsContext) {
    this.#context = context;
  }

  /** The platform's clock, from an ack that names an event sent in this connection. */
  platformTime(sentAtMs: number): void {
    this.#clockOffset = sentAtMs - this.#context.clock.now();
  }

  /** The connection ended: its clock difference no longer counts. */
  disconnected(): void {
    this.#clockOffset = 0;
  }

  /** Resolves when the command is on disk; it runs after that. */
  async receive(command: Command, source: IncomingMessage): Promise<void> {
    const { clock, records, commit } = this.#context;
    const seen = records.get(command.id);
    if (seen) {
      if (seen.result) this.#publish(seen.result, source);
      return;
    }
    const expiresAt = timestampMs(command.expiresAt);
    const keepUntil = Math.max(expiresAt, clock.now()) + keepAfterExpiryMs;
    await commit([...this.#forgetOld(), records.put(command.id, { keepUntil, result: null })]);
    const expired = expiresAt <= clock.now() + this.#clockOffset;
    void this.#run(command, source, keepUntil, expired);
  }

  async #run(command: Command, source: IncomingMessage, keepUntil: number, expired: boolean): Promise<void> {
    const { log, records, runners, commit } = this.#context;
    let outcome: CommandOutcome;
    try {
      const runner = Object.hasOwn(runners, command.type) ? runners[command.type] : undefined;
      if (expired) outcome = { status: 'expired' };
      else if (runner) outcome = await runner(command);
      else outcome = notSupported(`this client has no way to do ${command.type}`);
    } catch (error) {
      log.error('a command failed', { commandId: command.id, type: command.type, error });
      outcome = { status: 'failed', error: { code: 'internal-error', message: 'the command failed; the log of the client says why' } };
    }
    const result = { commandId: command.id, ...outcome };
    await commit([records.put(command.id, { keepUntil, result })]);
    this.#publish(result, source);
  }

  #publish(result: CommandResultBody, source: IncomingMessage): void {
    this.#context.publish(result, source).catch((error: unknown) => {
      this.#context.log.warn('a result could not be sent; it is sent again when the command is repeated', { commandId: result.commandId, error });
    });
  }

  #forgetOld(): StoreWrite[] {
    const { clock, records } = this.#context;
    const old = [...records.entries()].filter(([, { keepUntil }]) => keepUntil < clock.now());
    return old.map(([id]) => records.remove(id));
  }
}
