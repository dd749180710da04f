/**
 * Lets at most `size` pieces of work run at a time, the others in their order after them. A broker says how many unacknowledged
 * messages it takes (5: Receive Maximum) and may end the connection of a client that sends more; MQTT.js 5.16 doesn't count.
 */
export class SendWindow {
  readonly #size: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      // A waiting one takes the place over, so that none that comes now can overtake it.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
