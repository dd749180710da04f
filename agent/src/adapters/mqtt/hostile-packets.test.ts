import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConnectOptions, Log, MqttVersion } from '../../ports/index.ts';
import { handshake } from './handshake.ts';
import { PacketStream } from './packet-stream.ts';
import { VirtualClock } from '@jpd/protocol/virtual';

const silent: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  setLevel: () => undefined,
  child: () => silent,
};

/** A transport that takes everything and says what it is told to. */
class Wire extends Duplex {
  override _read(): void {}
  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    done();
  }
}

function options(version: MqttVersion): ConnectOptions {
  return {
    url: 'unused',
    version,
    clientId: 'client-1',
    userName: 'org-1/client-1',
    password: 'token-1',
    will: { topic: 'presence', payload: '{}', retain: true },
    willDelaySeconds: 30,
    sessionExpirySeconds: 60,
    receiveMaximum: 32,
    keepAliveSeconds: 60,
    tls: { caFile: null, certFile: null, keyFile: null },
  };
}

/** A packet with a right length and any body: what gets past the splitter and reaches MQTT.js and its parser. */
const anyPacket = fc
  .tuple(fc.nat(255), fc.uint8Array({ maxLength: 60 }))
  .map(([header, body]) => Buffer.concat([Buffer.of(header, body.length), body]));
const anyProperties = fc
  .tuple(
    fc.constantFrom(0x20, 0x30, 0x32, 0x34, 0x40, 0x90, 0xe0),
    fc.array(fc.constantFrom(0, 1, 2, 3, 0x11, 0x13, 0x1f, 0x21, 0x22, 0x23, 0x26, 0x27, 0x84, 255), { maxLength: 24 }),
  )
  .map(([header, body]) => Buffer.from([header, body.length, ...body]));
const connack = (version: MqttVersion): Buffer => Buffer.from(version === 5 ? '2003000000' : '20020000', 'hex');

/** Resolves when whatever came of it is over. An exception outside of a promise fails the run: vitest reports it. */
async function feed(version: MqttVersion, chunks: readonly Buffer[]): Promise<string> {
  const wire = new Wire();
  const stream = new PacketStream(wire);
  const closed = new Promise((resolve) => stream.once('close', resolve));
  const attempt = handshake(stream, options(version), { signal: new AbortController().signal, clock: new VirtualClock(), log: silent });
  const outcome = attempt.then(
    (connection) => {
      connection.onMessage(async () => undefined);
      connection.publish({ topic: 'a', payload: '{}', retain: false }).catch(() => undefined);
      connection.subscribe(['a']).catch(() => undefined);
      return 'accepted';
    },
    (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
  );
  for (const chunk of chunks) {
    wire.push(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  wire.push(null);
  await closed;
  return outcome;
}

describe.each<{ version: MqttVersion }>([{ version: 5 }, { version: 4 }])('whatever a broker of version $version sends', ({ version }) => {
  test('in place of a CONNACK, the attempt ends with an answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            anyPacket,
            anyProperties,
            fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
          ),
          { maxLength: 3 },
        ),
        async (chunks) => {
          expect(['accepted', 'ConnectError']).toContain(await feed(version, chunks));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('after it, the connection ends and nothing else does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(anyPacket, anyProperties), { maxLength: 5 }), async (chunks) => {
        expect(await feed(version, [connack(version), ...chunks])).toBe('accepted');
      }),
      { numRuns: 150 },
    );
  });

  test('in one chunk with it, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(anyPacket, anyProperties), { maxLength: 5 }), async (packets) => {
        expect(['accepted', 'ConnectError']).toContain(await feed(version, [Buffer.concat([connack(version), ...packets])]));
      }),
      { numRuns: 150 },
    );
  });
});
