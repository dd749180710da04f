import { encode, maxPayloadBytes, payloadExamples } from '@jpd/agent/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clientDocument, device, exampleDeviceId, online } from '../testing/bodies.ts';
import type { Reading } from './read-message.ts';
import { readMessage } from './read-message.ts';

const client = { organizationId: 'acme', clientId: 'pc-1' };

function read(below: string, payload: string | Uint8Array): Reading {
  return readMessage({ topic: `jabra/v1/acme/pc-1/${below}`, payload: Buffer.from(payload), willWasDelayed: false });
}

function refused(topicKind: string, problems: unknown = expect.any(Array)): unknown {
  return { kind: 'refused', client, topicKind, problems };
}

describe('what an agent publishes', () => {
  it('is read by the topic that it came on', () => {
    expect(read('presence', encode('presence', online(), 0))).toMatchObject({ kind: 'message', client, message: { kind: 'presence' } });
    expect(read('client', encode('client', clientDocument('pc-1'), 0))).toMatchObject({ message: { kind: 'client' } });
    expect(read(`devices/${exampleDeviceId}`, encode('devices', device(), 0))).toMatchObject({ message: { kind: 'device' } });
    expect(read('events', encode('events', payloadExamples.events, 0))).toMatchObject({ message: { kind: 'event' } });
    expect(read('results/cmd-1', encode('results', payloadExamples.results, 0))).toMatchObject({ message: { kind: 'result' } });
  });

  it('is refused where its id is not the one of the topic', () => {
    expect(read('client', encode('client', clientDocument('pc-2'), 0))).toEqual(refused('client', ['clientId is not the one of the topic']));
    expect(read('devices/other', encode('devices', device(), 0))).toEqual(refused('devices', ['deviceId is not the one of the topic']));
    expect(read('results/cmd-2', encode('results', payloadExamples.results, 0))).toEqual(
      refused('results', ['commandId is not the one of the topic']),
    );
  });

  it.each([
    ['no JSON', '{'],
    ['another schema', encode('client', clientDocument('pc-1'), 0)],
    ['a schema of a later version', encode('presence', online(), 0).replace('presence/1', 'presence/2')],
    ['a field that is missing', '{"schema":"presence/1","sentAt":"2026-11-22T08:00:00.000Z","state":"online","reason":"connected"}'],
    ['too large', `${encode('presence', online(), 0)}${' '.repeat(maxPayloadBytes)}`],
  ])('is refused with %s', (_, payload) => {
    expect(read('presence', payload)).toEqual(refused('presence'));
  });

  it('is nothing where it takes away what was retained, but for a device that the agent forgot', () => {
    expect(read('presence', '')).toEqual({ kind: 'nothing' });
    expect(read('client', '')).toEqual({ kind: 'nothing' });
    expect(read('devices/d-1', '')).toEqual({ kind: 'message', client, message: { kind: 'device-forgotten', deviceId: 'd-1' } });
  });

  it('is refused where nothing is retained that an empty message could take away', () => {
    expect(read('events', '')).toEqual(refused('events'));
  });

  it("is nothing on the platform's own topics, and refused on topics of nobody", () => {
    expect(read('policy', encode('policy', payloadExamples.policy, 0))).toEqual({ kind: 'nothing' });
    expect(read('else', '{}')).toMatchObject({ kind: 'refused', client: null, topicKind: null });
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('presence', 'client', 'devices/a', 'events', 'results/a', 'x'),
        fc.oneof(fc.uint8Array(), fc.json()),
        (below, payload) => {
          expect(['refused', 'nothing', 'message']).toContain(read(below, payload).kind);
        },
      ),
    );
  });
});
