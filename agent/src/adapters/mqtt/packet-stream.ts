import { Duplex } from 'node:stream';
import { ProtocolError } from './errors.ts';
import { PacketSplitter } from './packet-splitter.ts';

const CONNACK = 2;

interface Chunk {
  readonly chunk: Buffer;
}

/**
 * Stands between the transport and MQTT.js, so that nothing the peer sends can throw outside of a try. MQTT.js 5.16 and its parser
 * throw in stream callbacks (a CONNACK with two Server Keep Alive properties does), which would end the process.
 *
 * Invariants: every `data` event is one whole control packet, so MQTT.js handles it within that event and never in a later tick; the
 * first packet is a CONNACK; what a listener throws destroys this stream.
 */
export class PacketStream extends Duplex {
  readonly #transport: Duplex;
  readonly #splitter = new PacketSplitter();
  #opened = false;

  constructor(transport: Duplex) {
    super({ readableObjectMode: true, writableObjectMode: false });
    this.#transport = transport;
    transport.on('data', (chunk: Buffer) => this.#receive(chunk));
    transport.on('error', (error) => this.destroy(error));
    // A packet that came with the close is still on its way through the read buffer.
    transport.on('end', () => setImmediate(() => this.destroy()));
    transport.on('close', () => setImmediate(() => this.destroy()));
    if (transport.destroyed) setImmediate(() => this.destroy(transport.errored ?? undefined));
  }

  override emit(event: string | symbol, ...details: unknown[]): boolean {
    if (event !== 'data' && event !== 'drain') return super.emit(event, ...details);
    try {
      return super.emit(event, ...details);
    } catch (error) {
      this.destroy(new ProtocolError('malformed', 'the server sent a packet that can not be handled', error));
      return true;
    }
  }

  override _read(): void {
    this.#transport.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#transport.write(chunk, done);
  }

  /** One write for what MQTT.js wrote in pieces: over WebSocket each write is a message of its own. */
  override _writev(chunks: Chunk[], done: (error?: Error | null) => void): void {
    this.#transport.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#transport.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#transport.destroy();
    done(error);
  }

  #receive(chunk: Buffer): void {
    if (this.destroyed) return;
    try {
      this.#requireConnack(chunk);
      for (const packet of this.#splitter.push(chunk)) this.#forward(packet);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error('unknown', { cause: error }));
    }
  }

  /** By the first byte alone: what isn't MQTT has no length to wait for. */
  #requireConnack(chunk: Buffer): void {
    if (this.#opened) return;
    if ((chunk[0] ?? 0) >> 4 !== CONNACK) throw new ProtocolError('not-mqtt', 'what answered does not speak MQTT');
    this.#opened = true;
  }

  #forward(packet: Buffer): void {
    if (!this.destroyed && !this.push(packet)) this.#transport.pause();
  }
}
