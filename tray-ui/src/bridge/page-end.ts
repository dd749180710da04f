import { z } from 'zod';
import { type CallArgs, type CallName, type CallResult, calls, type EventName, type EventPayload, events } from './contract.ts';
import type { BridgePort, RefusalCode } from './wire.ts';

const replySchema = z.union([
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), code: z.enum(['untrusted-sender', 'unknown-call', 'invalid-arguments', 'failed']) }),
]);

/** A call that main refused, or whose answer is not what was agreed. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: RefusalCode | 'malformed';

  constructor(code: RefusalCode | 'malformed', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The page's end of the bridge. */
export interface Bridge {
  /** Rejects with `BridgeError`. */
  call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>>;
  /** Returns what ends the subscription; a payload that is not what was agreed is not passed on. */
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void;
}

export function openBridge(port: BridgePort): Bridge {
  return {
    async call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>> {
      const reply = replySchema.safeParse(await port.call(name, args));
      if (!reply.success) throw new BridgeError('malformed', `the answer to ${name} is none`, { cause: reply.error });
      if (!reply.data.ok) throw new BridgeError(reply.data.code, `${name} was refused`);
      const result = calls[name].result.safeParse(reply.data.result);
      if (!result.success) throw new BridgeError('malformed', `the answer to ${name} is not what was agreed`, { cause: result.error });
      // Parsed by the schema of this very name.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return result.data as CallResult<N>;
    },
    on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void) {
      return port.on(name, (payload) => {
        const parsed = events[name].payload.safeParse(payload);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        if (parsed.success) listener(parsed.data as EventPayload<N>);
      });
    },
  };
}
