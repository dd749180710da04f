import {
  type CallObservation,
  CallObserver,
  type Clock,
  type HidChannel,
  type HidPathInfo,
  type HidPort,
  type ListeningChannel,
} from '@jpd/protocol';
import type { Log } from '../../ports/index.ts';
import { Mailbox } from '../mailbox.ts';
import type { DeviceGroup } from './grouping.ts';

const telephonyPage = 0x0b;

export interface CallWatchContext {
  readonly hid: HidPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: () => void;
}

/** The path of a conversation, which is open anyway. */
interface OpenPath {
  readonly info: HidPathInfo;
  readonly channel: ListeningChannel;
}

/** What one path is enough for: the device itself says when a call begins and ends. */
const tellsState = ({ layout }: CallObserver): boolean =>
  [layout?.switches.hook, layout?.switches.lineBusy].some((control) => control?.isRelative === false);

/**
 * Whether one physical device is in a call, by listening only. The path of the conversation costs nothing more, and on Linux it mostly carries telephony as
 * well; what else there is costs a handle and wake-ups, and is opened only while somebody needs to know.
 */
export class CallWatch {
  readonly #context: CallWatchContext;
  readonly #group: DeviceGroup;
  readonly #own: OpenPath;
  readonly #mailbox: Mailbox;
  #others: readonly HidChannel[] = [];
  #observer: CallObserver;
  #isNeeded = false;
  #isEnded = false;

  constructor(context: CallWatchContext, group: DeviceGroup, own: OpenPath) {
    this.#context = context;
    this.#group = group;
    this.#own = own;
    this.#mailbox = new Mailbox((error) => {
      context.log.debug('a device could not be listened to', { device: group.key, error });
    });
    this.#observer = this.#listen();
  }

  get state(): CallObservation['state'] {
    return this.#observer.observation.state;
  }

  /** Whether anybody waits for its calls to end. Resolves when what that takes is open or closed. */
  need(isNeeded: boolean): Promise<void> {
    if (isNeeded === this.#isNeeded) return this.#mailbox.idle();
    this.#isNeeded = isNeeded;
    return this.#mailbox.post(() => (isNeeded ? this.#openOthers() : this.#closeOthers()));
  }

  /** Resolves when it has nothing open any more. Never rejects. */
  end(): Promise<void> {
    this.#isEnded = true;
    this.#observer.close();
    return this.#mailbox.post(() => this.#closeOthers());
  }

  #listen(): CallObserver {
    const observer = new CallObserver([this.#own.channel, ...this.#others], this.#context.clock);
    observer.onChange(() => {
      this.#context.onChange();
    });
    return observer;
  }

  /** Listens anew to what is open now. What was heard so far is forgotten with it. */
  #again(): void {
    const before = this.state;
    this.#observer.close();
    if (this.#isEnded) return;
    this.#observer = this.#listen();
    if (this.state !== before) this.#context.onChange();
  }

  /** Where the system tells usages, only telephony: nobody's keyboard is touched. */
  get #candidates(): readonly HidPathInfo[] {
    const worthIt = this.#group.paths.filter(({ usagePage, path }) => (usagePage ?? telephonyPage) === telephonyPage && path !== this.#own.info.path);
    return [...new Map(worthIt.map((info) => [info.path, info])).values()];
  }

  async #openOthers(): Promise<void> {
    if (!this.#isNeeded || this.#isEnded || tellsState(this.#observer)) return;
    const opened = await Promise.allSettled(this.#candidates.map((info) => this.#context.hid.open(info)));
    this.#others = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const refused = opened.find((result) => result.status === 'rejected');
    if (refused) this.#context.log.debug('a device could not be listened to', { device: this.#group.key, error: refused.reason });
    if (this.#others.length > 0) this.#again();
  }

  async #closeOthers(): Promise<void> {
    if (this.#others.length === 0 || (this.#isNeeded && !this.#isEnded)) return;
    const others = this.#others;
    this.#others = [];
    this.#again();
    // What cannot be closed is gone.
    await Promise.allSettled(others.map((channel) => channel.close()));
  }
}
