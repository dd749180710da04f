import {
  Address,
  decodePacket,
  decodePayload,
  encodePacketOf,
  type Field,
  firmwareVersion,
  type HidChannel,
  type HidPort,
  jabraVendorId,
  maxBlockLength,
  nothing,
  type Message,
  PacketType,
  updateBlock,
  updateBlockAcknowledged,
  updateCommit,
  updateCrc,
  updateErased,
  updatePartition,
  updateStart,
  updateVerified,
  updateVersion,
  firmwareCrc,
  type Packet,
} from '@jpd/protocol';

/** Every how many blocks a device acknowledges (GNP 0F/19). */
const window = 10;

/** The least that has to be said to a device that never fails: no check, no time-out, no second attempt. */
class Conversation {
  readonly #channel: HidChannel;
  readonly #address: number;
  #awaited: { readonly matches: (packet: Packet) => boolean; readonly found: (packet: Packet) => void } | null = null;
  #sequence = 0;

  constructor(channel: HidChannel, address: number) {
    this.#channel = channel;
    this.#address = address;
    channel.onReport((report) => {
      const packet = decodePacket(report);
      if (!this.#awaited?.matches(packet)) return;
      const { found } = this.#awaited;
      this.#awaited = null;
      found(packet);
    });
  }

  get gone(): Promise<void> {
    return new Promise((resolve) => {
      this.#channel.onClosed(() => resolve());
    });
  }

  next(matches: (packet: Packet) => boolean): Promise<Packet> {
    return new Promise((found) => {
      this.#awaited = { matches, found };
    });
  }

  event(message: Message): Promise<Packet> {
    return this.next(
      ({ type, command, subcommand }) => type === PacketType.event && command === message.command && subcommand === message.subcommand,
    );
  }

  async say<T>(message: Message, type: PacketType, field: Field<T>, value: T, answer: Promise<Packet> | null): Promise<Packet | null> {
    const { command, subcommand } = message;
    const sequence = type === PacketType.event ? 0 : (this.#sequence = (this.#sequence + 1) & 0xff);
    const awaited =
      answer ?? (type === PacketType.event ? null : this.next((packet) => packet.sequence === sequence && packet.type === PacketType.reply));
    await this.#channel.write(encodePacketOf({ destination: this.#address, source: Address.pc, sequence, type, command, subcommand }, field, value));
    return awaited;
  }
}

/** Updates a device over a port by hand, and resolves to the version that it says it runs then. */
export async function updateByHand(port: HidPort, address: number, image: Uint8Array): Promise<string> {
  const open = async (): Promise<Conversation> => {
    const [info] = await port.list(jabraVendorId);
    if (!info) throw new Error('no device is plugged in');
    return new Conversation(await port.open(info), address);
  };
  const conversation = await open();
  const blocks = Math.ceil(image.length / maxBlockLength);
  await conversation.say(updatePartition, PacketType.write, updatePartition.write, 1, null);
  await conversation.say(updateStart, PacketType.write, updateStart.write, undefined, conversation.event(updateErased));
  await conversation.say(updateCrc, PacketType.write, updateCrc.write, { crc: firmwareCrc(image), blocks, window }, null);
  for (let from = 0; from < blocks;) {
    const to = from === 0 ? 0 : Math.min(from + window - 1, blocks - 1);
    const acknowledged = conversation.event(to === blocks - 1 ? updateVerified : updateBlockAcknowledged);
    const posts: Promise<unknown>[] = [];
    for (let number = from; number <= to; number += 1) {
      const data = image.subarray(number * maxBlockLength, (number + 1) * maxBlockLength);
      posts.push(conversation.say(updateBlock, PacketType.event, updateBlock.post, { number, data }, null));
    }
    await Promise.all(posts);
    await acknowledged;
    from = to + 1;
  }
  const back = new Promise<void>((resolve) => {
    const gone = conversation.gone;
    const unsubscribe = port.onChange(() => {
      void gone.then(async () => {
        if ((await port.list(jabraVendorId)).length === 0) return;
        unsubscribe();
        resolve();
      });
    });
  });
  await conversation.say(updateVersion, PacketType.write, updateVersion.write, { major: 2, minor: 3, micro: 4 }, null);
  await conversation.say(updateCommit, PacketType.write, updateCommit.write, undefined, null);
  await back;
  const again = await open();
  const said = await again.say(firmwareVersion, PacketType.read, nothing, undefined, null);
  return said ? decodePayload(firmwareVersion.reply, said.payload) : '';
}
