import type { Clock, HidPathInfo, HidPort, ListeningChannel } from '@jpd/protocol';
import type { Log } from '../../ports/index.ts';
import { CallWatch } from './call-watch.ts';
import type { DeviceGroup } from './grouping.ts';

/** Which of the devices that are plugged in are in a call. What is behind a dongle speaks through it: the dongle's call is its call too. */
export class Calls {
  readonly #context: { readonly hid: HidPort; readonly clock: Clock; readonly log: Log };
  readonly #watches = new Map<string, CallWatch>();
  #needed: ReadonlySet<string> = new Set();
  #onChange = (): void => undefined;

  constructor(context: { readonly hid: HidPort; readonly clock: Clock; readonly log: Log }) {
    this.#context = context;
  }

  /** Called when a call began or ended, or nothing is known of one any more. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Whether one of these is in a call as far as anybody knows. `keys`: of what is plugged in. */
  isInCall(keys: Iterable<string>): boolean {
    return [...keys].some((key) => this.#watches.get(key)?.state === 'in-call');
  }

  /** Whether any device is in a call as far as anybody knows. */
  get isAnyInCall(): boolean {
    return this.isInCall(this.#watches.keys());
  }

  /** Of these somebody must know: they are listened to even where that costs something. */
  need(keys: ReadonlySet<string>): void {
    this.#needed = keys;
    for (const [key, watch] of this.#watches) void watch.need(keys.has(key));
  }

  /** A conversation with it began on this path. */
  begin(group: DeviceGroup, info: HidPathInfo, channel: ListeningChannel): void {
    const watch = new CallWatch({ ...this.#context, onChange: () => this.#onChange() }, group, { info, channel });
    void this.#watches.get(group.key)?.end();
    this.#watches.set(group.key, watch);
    void watch.need(this.#needed.has(group.key));
  }

  /** It is let go. Resolves when nothing of it is open any more. */
  async end(key: string): Promise<void> {
    const watch = this.#watches.get(key);
    if (!watch) return;
    this.#watches.delete(key);
    const wasInCall = watch.state === 'in-call';
    await watch.end();
    if (wasInCall) this.#onChange();
  }
}
