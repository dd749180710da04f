import type { FirmwareImage } from '@jpd/protocol/firmware';
import type { Conversation } from './conversation.ts';

/**
 * What fwupd's plug-in `jabra-gnp` says to a device, in bytes written by hand after facts E4, E7 and E9. Whether these are its words is for itself to
 * say: fwupd looks for every request that it is about to make in the record of the conversation, byte by byte, and fails where it isn't there.
 */
export class VendorWords {
  readonly #conversation: Conversation;
  readonly #address: number;
  #sequence = 0;

  constructor(conversation: Conversation, address: number) {
    this.#conversation = conversation;
    this.#address = address;
  }

  /** A request and its answer. `lengthAndType` is byte 4. */
  async ask(lengthAndType: number, command: number, subcommand: number, ...payload: readonly number[]): Promise<Uint8Array> {
    return this.#askAt(this.#address, lengthAndType, command, subcommand, ...payload);
  }

  /** Set-up: name, version, DFU product id. Gives the words to the headset behind a dongle, whose battery it asks for as well; null where there is none. */
  async setUp(): Promise<VendorWords | null> {
    await this.ask(0x46, 0x02, 0x00);
    await this.ask(0x46, 0x02, 0x03);
    await this.ask(0x46, 0x02, 0x13);
    if (this.#address !== dongleAddress) return null;
    const answer = await this.#askAt(childAddress, 0x46, 0x02, 0x13);
    if (answer[5] === nack) return null;
    // For the headset it counts from 0 again.
    const headset = new VendorWords(this.#conversation, childAddress);
    await headset.setUp();
    await headset.ask(0x46, 0x12, 0x02);
    return headset;
  }

  /** A whole update. */
  async update(images: readonly FirmwareImage[], version: readonly [number, number, number]): Promise<void> {
    const protocol = (await this.ask(0x46, 0x02, 0x14))[7];
    for (const { partition, content, crc } of images) {
      await this.ask(0x87, 0x0f, 0x2d, partition);
      await this.ask(0x86, 0x0f, 0x17);
      await this.#hear();
      const chunks = Math.ceil(content.length / chunkBytes);
      if (protocol === 7) await this.ask(0x8e, 0x0f, 0x19, ...u32(crc), ...u16(chunks), ...u16(window));
      else await this.ask(0x92, 0x0f, 0x19, ...u32(crc), ...u16(0), ...u16(window), ...u32(chunks));
      await this.#sendChunks(content, chunks);
      await this.#hear();
      await this.ask(0x89, 0x0f, 0x1e, ...version);
    }
    await this.ask(0x86, 0x0f, 0x1d);
  }

  async #sendChunks(content: Uint8Array, chunks: number): Promise<void> {
    // One buffer for all acknowledgements of an image: each is read over the one before.
    let acknowledgement = new Uint8Array(64);
    for (let number = 0; number < chunks; number += 1) {
      const chunk = content.subarray(number * chunkBytes, (number + 1) * chunkBytes);
      await this.#conversation.send(0x05, this.#address, 0, 0, 10 + chunk.length, 0x0f, 0x1a, ...u16(number), ...u16(chunk.length), ...chunk);
      if (number % window === 0 || number === chunks - 1) acknowledgement = Uint8Array.from(await this.#hear(acknowledgement));
    }
  }

  /** It skips one battery report, and reads over it. */
  async #hear(into?: Uint8Array): Promise<Uint8Array> {
    const report = await this.#conversation.hear(into);
    const isBattery = report[2] === this.#address && report[3] === 0 && report[5] === 0x12 && report[6] === 0x02;
    return isBattery ? this.#conversation.hear(report) : report;
  }

  async #askAt(address: number, ...header: readonly number[]): Promise<Uint8Array> {
    await this.#conversation.send(0x05, address, 0, this.#sequence, ...header);
    const answer = await this.#hear();
    this.#sequence = (this.#sequence + 1) & 0xff;
    return answer;
  }
}

const dongleAddress = 1;
const childAddress = 4;
const nack = 0xfe;
const chunkBytes = 52;
const window = 10;

const u16 = (value: number): readonly number[] => [value & 0xff, (value >> 8) & 0xff];
const u32 = (value: number): readonly number[] => [...u16(value), ...u16(value >>> 16)];
