import { jabraVendorId, type Timer } from '@jpd/protocol';
import { Mailbox } from '../mailbox.ts';
import { Attachment, type AttachmentContext } from './attachment.ts';
import { groupPaths } from './grouping.ts';

/** Plugging one device is a burst of events; one look after the burst is enough. */
const debounceMs = 150;
/** Whatever was plugged while devices could not be listed would not be found before the next burst. */
const failedPassRetryMs = 60_000;

/** Finds devices: one pass of enumeration at start and one after each burst of plug events, never in between. */
export class Discovery {
  readonly #context: AttachmentContext;
  readonly #attachments = new Map<string, Attachment>();
  readonly #mailbox: Mailbox;
  #timer: Timer | null = null;
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
      this.#passIn(debounceMs);
    });
    let examined: Promise<void>[] = [];
    await this.#mailbox.post(async () => {
      examined = await this.#pass();
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
    const attachments = [...this.#attachments.values()];
    this.#attachments.clear();
    await Promise.all(attachments.map((attachment) => attachment.stop()));
    await this.#mailbox.idle();
  }

  #passIn(milliseconds: number): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = this.#context.clock.setTimer(milliseconds, () => void this.#mailbox.post(() => this.#pass().then(() => undefined)));
  }

  /** A device whose path failed is let go at once; if it is still plugged in, the next pass takes it up anew. */
  #lost(key: string, attachment: Attachment): void {
    void this.#end(key, attachment);
    this.#passIn(debounceMs);
  }

  #end(key: string, attachment: Attachment): Promise<void> {
    if (this.#attachments.get(key) === attachment) this.#attachments.delete(key);
    return attachment.stop();
  }

  /** One pass. Gives the examinations it began, which go on without it. */
  async #pass(): Promise<Promise<void>[]> {
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
        return attachment.start();
      });
  }
}
