import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bench } from '../testing/bench.ts';
import { BusClient } from './client.ts';
import { LineSplitter } from './lines.ts';
import { encodeError, encodeEvent, encodeRequest, encodeResult, parseMessage, parseRequest } from './messages.ts';
import { BusPeer } from './peer.ts';

describe('lines of a bus', () => {
  test('look as documented', () => {
    expect(encodeRequest(1, 'hid.write', { channel: 2, report: '05ff' })).toBe(
      '{"id":1,"request":"hid.write","parameters":{"channel":2,"report":"05ff"}}\n',
    );
    expect(encodeResult(1, null)).toBe('{"id":1,"result":null}\n');
    expect(encodeError(1, 'gone', 'away')).toBe('{"id":1,"error":{"code":"gone","message":"away"}}\n');
    expect(encodeEvent('report', { channel: 2, report: '05' })).toBe('{"event":"report","data":{"channel":2,"report":"05"}}\n');
  });

  test('are read back as they were written', () => {
    expect(parseRequest(encodeRequest(7, 'get', { device: 'A', setting: 'ancLevel' }))).toEqual({
      id: 7,
      name: 'get',
      parameters: { device: 'A', setting: 'ancLevel' },
    });
    expect(parseMessage(encodeResult(7, { value: null }))).toEqual({ kind: 'result', id: 7, result: { value: null } });
    expect(parseMessage(encodeError(7, 'invalid', 'no'))).toEqual({ kind: 'error', id: 7, code: 'invalid', message: 'no' });
    expect(parseMessage(encodeEvent('changed', {}))).toEqual({ kind: 'event', name: 'changed', data: {} });
  });

  test.each([
    ['{"event":"report","data":{"channel":1,"report":"5"}}'],
    ['{"event":"report","data":{"channel":"1","report":"05"}}'],
    ['{"event":"frob","data":{}}'],
    ['{"id":"1","result":null}'],
    ['{"id":1}'],
    ['null'],
    ['{'],
    [''],
  ])('are no message: %s', (line) => {
    expect(parseMessage(line)).toBeNull();
  });

  test('never make a parser throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((value) => JSON.stringify(value)),
        ),
        (line) => {
          expect(() => [parseMessage(line), parseRequest(line)]).not.toThrow();
        },
      ),
    );
  });

  test('come out whole, however the stream cuts them', () => {
    fc.assert(
      fc.property(fc.array(fc.json({ maxDepth: 1 })), fc.array(fc.nat(20)), (values, cuts) => {
        const stream = values.map((value) => `${value}\n`).join('');
        const splitter = new LineSplitter();
        const lines: string[] = [];
        let at = 0;
        for (const cut of cuts) {
          lines.push(...splitter.push(stream.slice(at, at + cut)));
          at += cut;
        }
        lines.push(...splitter.push(stream.slice(at)));
        expect(lines).toEqual(values);
      }),
    );
  });

  test('that never end are dropped, and the next is read', () => {
    const splitter = new LineSplitter();
    for (let megabyte = 0; megabyte < 6; megabyte += 1) expect(splitter.push('x'.repeat(1024 * 1024))).toEqual([]);
    expect(splitter.push('rest\n{"id":1}\n')).toEqual(['{"id":1}']);
  });
});

describe('a client and a peer', () => {
  const joined = async () => {
    const on = await bench({ family: 'evolve2-75', serial: '70BF92000001' });
    let toPeer: (line: string) => void = () => undefined;
    const client = new BusClient((line) => {
      toPeer(line);
    });
    const peer = new BusPeer(on.bus, (line) => {
      client.receive(line);
    });
    toPeer = (line) => void peer.receive(line);
    return { ...on, client, peer };
  };

  test('say what a setting is, and why one cannot be', async () => {
    const { client } = await joined();
    expect(await client.request('get', { device: '70BF92000001', setting: 'ancLevel' })).toEqual({ value: 3 });
    await expect(client.request('set', { device: '70BF92000001', setting: 'ancLevel', value: 9 })).rejects.toMatchObject({
      code: 'invalid',
      message: 'ancLevel must be a whole number from 1 to 5',
    });
    await expect(client.request('unplug', { device: 'NOPE' })).rejects.toMatchObject({ code: 'unknown-device' });
  });

  test('fail everything that waits or is open when the connection ends', async () => {
    const { client, info, clock } = await joined();
    const channel = await client.open(info.path);
    const reasons: string[] = [];
    channel.onClosed((reason) => reasons.push(reason));
    const waiting = client.request('list', {});
    client.end('cut');
    client.end('twice');
    await expect(waiting).rejects.toMatchObject({ code: 'gone', message: 'cut' });
    await expect(client.request('list', {})).rejects.toMatchObject({ code: 'gone', message: 'cut' });
    await clock.settle();
    expect(reasons).toEqual(['cut']);
    await expect(channel.write(Uint8Array.of(5))).rejects.toMatchObject({ code: 'disconnected' });
  });

  test('take an answer that has another shape for none', async () => {
    const sent: string[] = [];
    const client = new BusClient((line) => sent.push(line));
    const answer = client.request('hid.open', { path: 'x' });
    client.receive('{"id":1,"result":{"channel":"one"}}');
    client.receive('{"id":1,"result":{"channel":1,"descriptor":null}}');
    await expect(answer).rejects.toMatchObject({ code: 'protocol' });
  });

  test('survive any line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (line) => {
        const { client, peer } = await joined();
        client.receive(line);
        await peer.receive(line);
        expect((await client.request('list', {})).length).toBe(1);
      }),
      { numRuns: 50 },
    );
  });
});
