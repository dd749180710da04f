import { ProtocolError } from './errors.ts';

/** Far above the 250,000 bytes of the contract, far below what would hurt the PC: a larger packet is an attack or a mistake. */
const MAX_PACKET_BYTES = 16 * 1024 * 1024;

const EMPTY = Buffer.alloc(0);

/**
 * Cuts a byte stream into MQTT control packets by their fixed header (MQTT 5 section 2.1: type and flags, then the remaining length as a
 * variable byte integer of 1 to 4 bytes). It looks at nothing else.
 */
export class PacketSplitter {
  #chunks: Buffer[] = [];
  #size = 0;
  #wanted: number | null = null;

  /** Returns the packets that are complete now. Throws a ProtocolError where the length is malformed or too large. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const packets: Buffer[] = [];
    for (;;) {
      this.#wanted ??= packetLength(this.#peek());
      if (this.#wanted === null || this.#size < this.#wanted) return packets;
      const bytes = this.#join();
      packets.push(bytes.subarray(0, this.#wanted));
      const rest = bytes.subarray(this.#wanted);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#size = rest.length;
      this.#wanted = null;
    }
  }

  /** Joined only while the length is unknown, so that a large packet in many chunks is copied once. */
  #peek(): Buffer {
    const bytes = this.#join();
    this.#chunks = [bytes];
    return bytes;
  }

  #join(): Buffer {
    const [first = EMPTY] = this.#chunks;
    return this.#chunks.length <= 1 ? first : Buffer.concat(this.#chunks, this.#size);
  }
}

/** Length of the whole first packet, or null while its header isn't complete. */
function packetLength(bytes: Buffer): number | null {
  let remaining = 0;
  for (let index = 1; index <= 4; index += 1) {
    const byte = bytes[index];
    if (byte === undefined) return null;
    remaining += (byte & 0x7f) * 128 ** (index - 1);
    if (byte < 0x80) {
      if (remaining > MAX_PACKET_BYTES) throw new ProtocolError('malformed', `a packet of ${remaining} bytes is too large`);
      return 1 + index + remaining;
    }
  }
  throw new ProtocolError('malformed', 'the remaining length of a packet is malformed');
}
