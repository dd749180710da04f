import {
  isLocalEvent,
  type LocalArgs,
  type LocalCallName,
  localCalls,
  type LocalEventName,
  type LocalEventPayload,
  localEvents,
  type LocalMessage,
  localMessageSchema,
  type LocalResult,
} from './messages.ts';
import { LocalError, type LocalPipe } from './pipe.ts';

interface Waiting {
  readonly name: LocalCallName;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: LocalError) => void;
}

type Listener = (payload: unknown) => void;

/** The user interface's end of the pipe to its agent. */
export class LocalClient {
  readonly #pipe: LocalPipe;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<LocalEventName, Set<Listener>>();
  #lastId = 0;
  #isClosed = false;

  constructor(pipe: LocalPipe) {
    this.#pipe = pipe;
    pipe.onMessage((message) => {
      const parsed = localMessageSchema.safeParse(message);
      // What an agent of another version says besides is nothing that anybody here waits for.
      if (parsed.success) this.#hear(parsed.data);
    });
    pipe.onClosed(() => {
      this.#isClosed = true;
      for (const { name, reject } of this.#waiting.values()) reject(new LocalError('closed', `the agent ended during ${name}`));
      this.#waiting.clear();
    });
  }

  /** Rejects with `LocalError`. */
  call<N extends LocalCallName>(name: N, args: LocalArgs<N>): Promise<LocalResult<N>> {
    if (this.#isClosed) return Promise.reject(new LocalError('closed', 'the agent has ended'));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      // Parsed by the schema of this name before it is handed on.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      this.#waiting.set(id, { name, resolve: resolve as (result: unknown) => void, reject });
      this.#pipe.send({ id, call: name, args });
    });
  }

  /** Returns what ends the subscription. */
  on<N extends LocalEventName>(event: N, listener: (payload: LocalEventPayload<N>) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const entry = listener as Listener;
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  #hear(message: LocalMessage): void {
    if ('event' in message) {
      const { event, payload } = message;
      if (!isLocalEvent(event)) return;
      const parsed = localEvents[event].safeParse(payload);
      if (parsed.success) for (const listener of this.#listeners.get(event) ?? []) listener(parsed.data);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (!waiting) return;
    if (!message.ok) {
      waiting.reject(new LocalError('refused', message.message));
      return;
    }
    const result = localCalls[waiting.name].result.safeParse(message.result);
    if (result.success) waiting.resolve(result.data);
    else waiting.reject(new LocalError('malformed', `the agent's answer to ${waiting.name} is not what was agreed`, { cause: result.error }));
  }
}
