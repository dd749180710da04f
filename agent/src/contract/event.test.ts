import { describe, expect, it } from 'vitest';

import { agentEventTypes, deviceEventTypes, eventTypes } from './event.ts';
import { payloadExamples } from './examples.ts';
import { parsePayload } from './payload.ts';

const { deviceId: _, ...agentEvent } = { deviceId: null, ...payloadExamples.events };

function parse(change: object): unknown {
  return parsePayload('events', new TextEncoder().encode(JSON.stringify({ ...agentEvent, data: {}, ...change })));
}

describe('an event', () => {
  it('has a type that the contract lists', () => {
    const named = [
      'device.connected device.disconnected settings.pending settings.applied settings.failed settings.lock-enforced',
      'firmware.started firmware.updated firmware.failed firmware.postponed battery.low',
      'agent.started agent.stopped contract.violation events.dropped',
    ];
    expect(eventTypes.toSorted()).toEqual(named.join(' ').split(' ').toSorted());
  });

  it.each(deviceEventTypes)('%s needs the device it is about', (type) => {
    const data = { cause: 'connect', further: [1] };
    expect(parse({ type, data, deviceId: 'd1' })).toEqual({ ok: true, value: { ...agentEvent, type, data, deviceId: 'd1' } });
    expect(parse({ type, data })).toEqual({ ok: false, problems: ['deviceId is missing'] });
  });

  it.each(agentEventTypes)('%s is about no device', (type) => {
    expect(parse({ type })).toEqual({ ok: true, value: { ...agentEvent, type, data: {} } });
    expect(parse({ type, deviceId: 'd1' })).toEqual({ ok: true, value: { ...agentEvent, type, data: {} } });
  });

  it('settings.applied says why', () => {
    const applied = { type: 'settings.applied', deviceId: 'd1' };
    expect(parse({ ...applied, data: {} })).toEqual({ ok: false, problems: ['data.cause is missing'] });
    expect(parse({ ...applied, data: { cause: 'other' } })).toEqual({ ok: false, problems: ['data.cause must be one of published, connect'] });
  });

  it.each(['', 'device.exploded', 'toString', null])('of type %j is refused', (type) => {
    expect(parse({ type, deviceId: 'd1' })).toMatchObject({ ok: false, problems: [expect.stringMatching(/^type must be one of/)] });
  });

  it.each([null, [], 'text'])('with %j as data is refused', (data) => {
    expect(parse({ type: 'agent.started', data })).toMatchObject({ ok: false, problems: [expect.stringMatching(/^data must be/)] });
  });
});
