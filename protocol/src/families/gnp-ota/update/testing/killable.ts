import type { HidChannel, HidPort } from '../../../../session/hid-port.ts';
import type { UpdateJournal } from '../../../update/index.ts';

/** A program that dies at one of its writes: from there on nothing that it does reaches anything. */
export class Killable {
  readonly #at: number;
  readonly #isDelivered: boolean;
  #writes = 0;
  #isDead = false;
  #opened: HidChannel[] = [];
  #tell: () => void = () => undefined;

  /** Dies at its `at`th write, counted from 1, which is delivered or not. */
  constructor(at: number, isDelivered: boolean) {
    this.#at = at;
    this.#isDelivered = isDelivered;
  }

  /** Resolves when it dies. */
  readonly died: Promise<void> = new Promise((resolve) => {
    this.#tell = resolve;
  });

  port(port: HidPort): HidPort {
    return {
      list: (vendorId) => (this.#isDead ? Promise.resolve([]) : port.list(vendorId)),
      onChange: (listener) => port.onChange(listener),
      open: async (info) => {
        const channel = await port.open(info);
        this.#opened.push(channel);
        return {
          descriptor: channel.descriptor,
          isVirtual: channel.isVirtual === true,
          write: async (report) => {
            if (this.#isDead) return;
            this.#writes += 1;
            const isLast = this.#writes === this.#at;
            if (!isLast || this.#isDelivered) await channel.write(report);
            if (isLast) this.#die();
          },
          onReport: (listener) =>
            channel.onReport((report) => {
              if (!this.#isDead) listener(report);
            }),
          onClosed: (listener) => channel.onClosed(listener),
          close: () => channel.close(),
        };
      },
      close: () => port.close(),
    };
  }

  journal(journal: UpdateJournal): UpdateJournal {
    const forever = new Promise<never>(() => undefined);
    return {
      load: () => journal.load(),
      save: (entry) => (this.#isDead ? forever : journal.save(entry)),
      clear: () => (this.#isDead ? forever : journal.clear()),
    };
  }

  #die(): void {
    this.#isDead = true;
    this.#tell();
    for (const channel of this.#opened) void channel.close();
    this.#opened = [];
  }
}
