import {
  isLocalCall,
  type LocalArgs,
  type LocalCallName,
  localCalls,
  type LocalEventName,
  type LocalEventPayload,
  localRequestSchema,
  type LocalResult,
} from './messages.ts';
import type { LocalPipe } from './pipe.ts';

/** The agent's end: one function a call. What it rejects with is told as a sentence. */
export type LocalHandlers = { readonly [N in LocalCallName]: (args: LocalArgs<N>) => Promise<LocalResult<N>> };

export interface LocalServer {
  tell<N extends LocalEventName>(event: N, payload: LocalEventPayload<N>): void;
}

type AnyHandler = (args: unknown) => Promise<unknown>;

/**
 * Answers calls on a pipe. Whoever is at its other end started this process, and yet what it says is parsed: a mistake there gets an answer and changes
 * nothing here. `onProblem` hears what wasn't even a call.
 */
export function serveLocal(pipe: LocalPipe, handlers: LocalHandlers, onProblem: (message: string, error?: unknown) => void): LocalServer {
  const answer = async (name: LocalCallName, args: unknown): Promise<unknown> => {
    const parsed = localCalls[name].args.parse(args);
    // The table says that arguments and handler of one name belong together; TypeScript can't follow that through a name.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return (handlers[name] as AnyHandler)(parsed);
  };
  pipe.onMessage((message) => {
    const request = localRequestSchema.safeParse(message);
    if (!request.success) {
      onProblem('a message that is no call was ignored');
      return;
    }
    const { id, call, args } = request.data;
    if (!isLocalCall(call)) {
      pipe.send({ id, ok: false, message: `there is no call ${call}` });
      return;
    }
    answer(call, args).then(
      (result) => {
        pipe.send({ id, ok: true, result });
      },
      (error: unknown) => {
        onProblem(`the call ${call} failed`, error);
        pipe.send({ id, ok: false, message: `${call} failed; the log of the agent says why` });
      },
    );
  });
  return {
    tell: (event, payload) => {
      pipe.send({ event, payload });
    },
  };
}
