import { jabraVendorId, type Timer } from '@jpd/protocol';
import { Mailbox } from '../mailbox.ts';
import { Attachment, type AttachmentContext } from './attachment.ts';
import { groupPaths } from './grouping.ts';

/** Plugging one device is a burst of events; one look after the burst is enough. */
const debounceMs = 150;

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
      this.#failure = error instanceof Error ? error : new Error(String(error));
      context.log.warn('devices could not be listed', { error });
    });
  }

  /** Resolves when everything that is plugged in at start was examined. */
  async start(): Promise<void> {
    this.#unsubscribe = this.#context.hid.onChange(() => {
      this.#passSoon();
    });
    let examined: Promise<void>[] = [];
    await this.#mailbox.post(async () => {
      examined = await this.#pass();
    });
    await Promise.all(examined);
  }

  /** Why the last pass that failed did, null if none has. */
  get failure(): Error | null {
    return this.#failure;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#timer?.cancel();
    await this.#mailbox.idle();
    await Promise.all([...this.#attachments.values()].map((attachment) => attachment.stop()));
    this.#attachments.clear();
  }

  #passSoon(): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = this.#context.clock.setTimer(debounceMs, () => void this.#mailbox.post(() => this.#pass().then(() => undefined)));
  }

  /** A device whose path failed is let go at once; if it is still plugged in, the next pass takes it up anew. */
  #lost(key: string, attachment: Attachment): void {
    if (this.#attachments.get(key) === attachment) this.#attachments.delete(key);
    void this.#mailbox.post(() => attachment.stop());
    this.#passSoon();
  }

  /** One pass. Gives the examinations it began, which go on without it. */
  async #pass(): Promise<Promise<void>[]> {
    if (this.#stopped) return [];
    const groups = groupPaths(await this.#context.hid.list(jabraVendorId));
    const present = new Set(groups.map(({ key }) => key));
    for (const [key, attachment] of this.#attachments) {
      if (present.has(key)) continue;
      this.#attachments.delete(key);
      await attachment.stop();
    }
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
