import { jabraVendorId, type Timer } from '@jpd/protocol';
import { Mailbox } from '../mailbox.ts';
import { Attachment, type AttachmentContext } from './attachment.ts';
import { groupPaths } from './grouping.ts';

/**
 * Plugging one device is a burst of events. What is complete at its beginning is not kept waiting for its end; one look after it finds the rest.
 * A system that lists a device with its first event has made the device's node, if not its rights.
 */
const firstLookMs = 5;
const debounceMs = 150;
/** Whatever was plugged while devices could not be listed would not be found before the next burst. */
const failedPassRetryMs = 60_000;

/**
 * Finds devices: a pass of enumeration at start, and two for each burst of plug events, never in between. An event after something went in the same burst
 * is likely its return, or what was plugged in its place: that is looked for at once too.
 */
export class Discovery {
  readonly #context: AttachmentContext;
  readonly #attachments = new Map<string, Attachment>();
  readonly #mailbox: Mailbox;
  #timer: Timer | null = null;
  #firstLook: Timer | null = null;
  /** A device went since the burst began. */
  #hasGone = false;
  #unsubscribe: (() => void) | null = null;
  #stopped = false;
  #failure: Error | null = null;

  constructor(context: AttachmentContext) {
    this.#context = context;
    this.#mailbox = new Mailbox((error) => {
      context.log[this.#failure ? 'debug' : 'warn']('devices could not be listed', { error, retryMs: failedPassRetryMs });
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#passIn(failedPassRetryMs);
    });
  }

  /** Resolves when everything that is plugged in at start was examined. */
  async start(): Promise<void> {
    this.#unsubscribe = this.#context.hid.onChange(() => {
      this.#changed();
    });
    let examined: Promise<void>[] = [];
    await this.#mailbox.post(async () => {
      examined = await this.#pass(false);
    });
    await Promise.all(examined);
  }

  /** Why the last pass failed, null where it didn't. */
  get failure(): Error | null {
    return this.#failure;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#timer?.cancel();
    this.#firstLook?.cancel();
    const attachments = [...this.#attachments.values()];
    this.#attachments.clear();
    await Promise.all(attachments.map((attachment) => attachment.stop()));
    await this.#mailbox.idle();
  }

  /** Something may have come or gone without a word. */
  look(): void {
    this.#passIn(debounceMs);
  }

  #changed(): void {
    if (this.#timer === null) this.#hasGone = false;
    const isSeen = this.#firstLook !== null || (this.#timer !== null && !this.#hasGone);
    this.#passIn(debounceMs);
    if (isSeen || this.#stopped) return;
    this.#firstLook = this.#context.clock.setTimer(firstLookMs, () => {
      this.#firstLook = null;
      this.#post(true);
    });
  }

  #passIn(milliseconds: number): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#stopped) return;
    this.#timer = this.#context.clock.setTimer(milliseconds, () => {
      this.#timer = null;
      this.#post(false);
    });
  }

  #post(isFirstLook: boolean): void {
    void this.#mailbox.post(() => this.#pass(isFirstLook).then(() => undefined));
  }

  /** A device whose path failed is let go at once; if it is still plugged in, the next pass takes it up anew. */
  #lost(key: string, attachment: Attachment): void {
    void this.#end(key, attachment);
    this.#passIn(debounceMs);
  }

  #end(key: string, attachment: Attachment): Promise<void> {
    this.#hasGone = true;
    if (this.#attachments.get(key) === attachment) this.#attachments.delete(key);
    return attachment.stop();
  }

  /** One pass. Gives the examinations it began, which go on without it. In the first look of a burst what is listed may not be all of a device. */
  async #pass(isFirstLook: boolean): Promise<Promise<void>[]> {
    if (this.#stopped) return [];
    const groups = groupPaths(await this.#context.hid.list(jabraVendorId));
    this.#failure = null;
    if (this.#stopped) return [];
    const listed = new Map(groups.map((group) => [group.key, group]));
    const gone = [...this.#attachments].filter(([key, attachment]) => {
      const group = listed.get(key);
      return !group || !attachment.covers(group);
    });
    await Promise.all(gone.map(([key, attachment]) => this.#end(key, attachment)));
    if (this.#stopped) return [];
    return groups
      .filter(({ key }) => !this.#attachments.has(key))
      .map((group) => {
        const attachment: Attachment = new Attachment(this.#context, group, () => {
          this.#lost(group.key, attachment);
        });
        this.#attachments.set(group.key, attachment);
        return isFirstLook ? attachment.startEarly() : attachment.start();
      });
  }
}
