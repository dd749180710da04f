import { type CallArgs, type CallName, type CallResult, calls, type EventName, type EventPayload, events, isCallName } from './contract.ts';
import type { RefusalCode, Reply } from './wire.ts';

export type Handlers = { readonly [N in CallName]: (args: CallArgs<N>) => Promise<CallResult<N>> };

/** Who speaks: the frame that sent the message. */
export interface Sender {
  readonly url: string;
  readonly isMainFrame: boolean;
}

/** Told of each refusal, with the name of the call and no content of it. */
export type OnRefused = (code: RefusalCode, name: string, cause?: unknown) => void;

/** True for our own page in a window's top frame only: a frame inside it, or another origin, is nobody. */
export function isOwnPage(sender: Sender, origin: string): boolean {
  if (!sender.isMainFrame || !URL.canParse(sender.url)) return false;
  const { protocol, host } = new URL(sender.url);
  return `${protocol}//${host}` === origin;
}

/**
 * Main's end: judges the sender, the name, the arguments and its own result, in this order.
 * Never rejects; a handler's error stays here, since its text may hold what a page must not see.
 */
export async function answerCall(
  handlers: Handlers,
  request: { readonly sender: Sender; readonly name: unknown; readonly args: unknown },
  options: { readonly origin: string; readonly onRefused: OnRefused },
): Promise<Reply> {
  const refuse = (code: RefusalCode, name: string, cause?: unknown): Reply => {
    options.onRefused(code, name, cause);
    return { ok: false, code };
  };
  if (!isOwnPage(request.sender, options.origin)) return refuse('untrusted-sender', 'any');
  const { name } = request;
  if (!isCallName(name)) return refuse('unknown-call', 'unknown');
  return run(name, handlers[name], request.args).catch((error: unknown) =>
    error instanceof ArgumentsError ? refuse('invalid-arguments', name, error.cause) : refuse('failed', name, error),
  );
}

async function run<N extends CallName>(name: N, handler: Handlers[N], given: unknown): Promise<Reply> {
  const args = calls[name].args.safeParse(given);
  if (!args.success) throw new ArgumentsError('not what was agreed', { cause: args.error });
  // Parsed by the schema of this very name.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const result = await handler(args.data as CallArgs<N>);
  return { ok: true, result: calls[name].result.parse(result) };
}

/** An event as it goes to a page; throws where main made a wrong one. */
export function eventToSend<N extends EventName>(name: N, payload: EventPayload<N>): { readonly name: N; readonly payload: unknown } {
  return { name, payload: events[name].payload.parse(payload) };
}

class ArgumentsError extends Error {
  override readonly name = 'ArgumentsError';
}
