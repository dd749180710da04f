/** Why main did not do what was asked. */
export type RefusalCode = 'untrusted-sender' | 'unknown-call' | 'invalid-arguments' | 'failed';

/** Main's answer on the wire: plain data, since an Error loses its code on its way to a page. */
export type Reply = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly code: RefusalCode };

/** What preload exposes to the page, and what the fake main offers in its place. */
export interface BridgePort {
  call(name: string, args: unknown): Promise<unknown>;
  /** Returns what ends the subscription. */
  on(name: string, listener: (payload: unknown) => void): () => void;
}
