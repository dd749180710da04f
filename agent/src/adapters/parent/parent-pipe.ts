import type { LocalPipe } from '../../local/index.ts';

/** What Electron gives a utility process (docs: parentPort); it is no type of Node's. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  off(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** The part of `process` that is used; `parentPort` in Electron, `send` in a process that Node forked. */
export interface ParentProcess {
  readonly parentPort?: ParentPort;
  /** Without `onSent` a failure would be an error event of the process, which ends it. */
  readonly send?: (message: unknown, onSent: (error: Error | null) => void) => boolean;
  /** False as soon as either side closed the channel; `disconnect` comes later. */
  readonly connected?: boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/** The pipe to the program that started this one; null where nobody started it to talk with. A utility process ends with its parent, so that nothing closes there. */
export function openParentPipe(own: ParentProcess): LocalPipe | null {
  const { parentPort } = own;
  if (parentPort) {
    return {
      send: (message) => {
        // A port between processes of one program: there is no origin.
        // oxlint-disable-next-line unicorn/require-post-message-target-origin
        parentPort.postMessage(message);
      },
      onMessage: (listener) => {
        const hear = ({ data }: { readonly data: unknown }): void => {
          listener(data);
        };
        parentPort.on('message', hear);
        return () => {
          parentPort.off('message', hear);
        };
      },
      onClosed: () => undefined,
    };
  }
  if (!own.send) return null;
  return {
    send: (message) => {
      // To nobody, or to one that goes in this very moment: that the other side is gone is told by `onClosed`.
      if (own.connected !== false) own.send?.(message, () => undefined);
    },
    onMessage: (listener) => {
      own.on('message', listener);
      return () => {
        own.off('message', listener);
      };
    },
    onClosed: (listener) => {
      own.once('disconnect', listener);
    },
  };
}
