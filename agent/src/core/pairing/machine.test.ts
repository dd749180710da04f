import { Dongle, type PairingState, Session } from '@jpd/protocol';
import { DeviceError } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PairingAdapter } from './adapters.ts';
import { closed, nextStep, type PairingInput, type PairingPhase, type PairingStep } from './machine.ts';
import { pairingView } from './view.ts';

const headset = { address: '70:BF:92:00:00:02', name: 'Jabra Evolve2 65' };
const nameless = { address: '70:BF:92:00:00:03', name: null };
const failed = (reason: 'no-answer' | 'refused' | 'dongle-gone' | 'not-supported', of: typeof headset | null): PairingState => ({
  kind: 'failed',
  reason,
  headset: of,
  found: of ? [of] : [],
  error: new DeviceError('rejected', 'no'),
});

let first: PairingAdapter;
let second: PairingAdapter;
beforeAll(async () => {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  bus.plug(virtualDevice({ family: 'link-380', serial: '50C275000001' }));
  const [info] = await bus.list(0x0b0e);
  if (!info) throw new Error('no adapter');
  const session = new Session(await bus.open(info), clock);
  const adapter = (deviceId: string, name: string): PairingAdapter => ({
    deviceId,
    name,
    dongle: new Dongle(session, clock),
    isUpdating: false,
    hasHeadset: false,
  });
  first = adapter('24c7-1', 'Jabra Link 380');
  second = adapter('2e50-2', 'Jabra Link 390');
});

/** The machine from its start, input by input, each a second after the one before. */
function after(inputs: readonly (PairingInput & { readonly adapters?: readonly PairingAdapter[] })[]): PairingStep & { readonly now: number } {
  let step: PairingStep = { phase: closed, acts: [] };
  let adapters: readonly PairingAdapter[] = [first];
  let now = 100_000;
  for (const { adapters: plugged, ...input } of inputs) {
    adapters = plugged ?? adapters;
    now += 1000;
    step = nextStep(step.phase, input, adapters, now);
  }
  return { ...step, now };
}
const start = { kind: 'start' } as const;
const look = { kind: 'look' } as const;
const told = (state: PairingState) => ({ kind: 'told', state }) as const;
const searching = (...found: readonly { readonly address: string; readonly name: string | null }[]) => told({ kind: 'searching', since: 0, found });
const shown = ({ phase, now }: { readonly phase: PairingPhase; readonly now: number }) => pairingView(phase, [], now);

describe('a pairing', () => {
  it('searches at the adapter that is there, and asks nothing else of it', () => {
    const step = after([start]);
    expect(step.acts).toEqual([{ act: 'end' }, { act: 'search', adapter: first }]);
    expect(shown(step)).toEqual({ step: 'searching', adapter: 'Jabra Link 380', startedAt: 101_000, isOver: false, found: [] });
  });

  it('waits for an adapter where none is there, and begins by itself', () => {
    const waiting = after([{ ...start, adapters: [] }, look]);
    expect(waiting.acts).toEqual([]);
    expect(shown(waiting)).toEqual({ step: 'no-adapter', unable: null });
    expect(after([{ ...start, adapters: [] }, look, { ...look, adapters: [second] }]).acts).toContainEqual({ act: 'search', adapter: second });
  });

  it('keeps off an adapter that is being updated, and begins when that is over', () => {
    const updating = { ...first, isUpdating: true };
    expect(shown(after([{ ...start, adapters: [updating] }]))).toEqual({ step: 'no-adapter', unable: null });
    expect(
      after([
        { ...start, adapters: [updating] },
        { ...look, adapters: [first] },
      ]).acts,
    ).toContainEqual({ act: 'search', adapter: first });
  });

  it('ends when an update of its adapter begins', () => {
    const step = after([start, searching(headset), { ...look, adapters: [{ ...first, isUpdating: true }] }]);
    expect(step).toMatchObject({ phase: closed, acts: [{ act: 'end' }] });
    // The update took the adapter before anybody could say so.
    const lost = after([start, { ...told(failed('dongle-gone', null)), adapters: [] }, { ...look, adapters: [{ ...first, isUpdating: true }] }]);
    expect(lost.phase).toEqual(closed);
  });

  it('shows a headset with its name, and one without a name a little later', () => {
    expect(shown(after([start, searching(headset, nameless)]))).toMatchObject({
      found: [{ id: headset.address, name: 'Jabra Evolve2 65', formFactor: 'headset', endsIn: '0002' }],
    });
    const later = after([start, searching(headset, nameless), look, look]);
    expect(shown(later)).toMatchObject({ found: [{ endsIn: '0002' }, { name: null, formFactor: 'headset', endsIn: '0003' }] });
  });

  it('knows by its name what a speakerphone is', () => {
    const step = after([start, searching({ address: '70:BF:92:00:00:04', name: 'Jabra Speak2 75' })]);
    expect(shown(step)).toMatchObject({ found: [{ formFactor: 'speakerphone' }] });
  });

  it('tells how long was searched in vain, and leaves what was found to choose after the search', () => {
    expect(shown(after([start, told({ kind: 'searched', milliseconds: 59_700, found: [] })]))).toEqual({
      step: 'nothing-found',
      adapter: 'Jabra Link 380',
      seconds: 60,
    });
    const over = after([start, told({ kind: 'searched', milliseconds: 60_000, found: [headset, nameless] })]);
    expect(shown(over)).toMatchObject({ step: 'searching', isOver: true, found: [{ endsIn: '0002' }, { endsIn: '0003' }] });
  });

  it('chooses, and tells what came of it', () => {
    const choose = { kind: 'choose', address: headset.address } as const;
    expect(after([start, searching(headset), choose]).acts).toEqual([{ act: 'choose', address: headset.address }]);
    expect(after([choose]).acts).toEqual([]);
    const refused = after([start, searching(headset), choose, told(failed('no-answer', headset))]);
    expect(shown(refused)).toMatchObject({ step: 'refused', headset: { name: 'Jabra Evolve2 65' } });
    const connected = after([start, searching(headset), choose, told({ kind: 'connected', headset })]);
    expect(shown(connected)).toMatchObject({ step: 'connected', headset: { endsIn: '0002' }, battery: null });
  });

  it('says that the search failed as one that found nothing, for as long as it took', () => {
    expect(shown(after([start, look, told(failed('refused', null))]))).toEqual({ step: 'nothing-found', adapter: 'Jabra Link 380', seconds: 2 });
  });

  it('takes an adapter that does not know how for none, and goes on with another one', () => {
    expect(shown(after([start, told(failed('not-supported', null)), look]))).toEqual({ step: 'no-adapter', unable: null });
    const other = after([start, { ...told(failed('not-supported', null)), adapters: [first, second] }]);
    expect(other.acts).toContainEqual({ act: 'search', adapter: second });
  });

  it('that lost its adapter goes on only when one is plugged in anew', () => {
    const gone = { ...told(failed('dongle-gone', null)), adapters: [second] } as const;
    const lost = after([{ ...start, adapters: [first, second] }, gone, look]);
    expect(lost.acts).toEqual([]);
    expect(shown(lost)).toEqual({ step: 'unplugged', adapter: 'Jabra Link 380' });
    const again = { ...first, dongle: Object.create(first.dongle) as Dongle };
    expect(after([{ ...start, adapters: [first, second] }, gone, { ...look, adapters: [second, again] }]).acts).toContainEqual({
      act: 'search',
      adapter: again,
    });
    expect(shown(after([start, { ...look, adapters: [] }]))).toEqual({ step: 'unplugged', adapter: 'Jabra Link 380' });
  });

  it('that is done stays so, whatever becomes of the adapter', () => {
    const done = [start, searching(headset), told({ kind: 'connected', headset } as const)];
    expect(shown(after([...done, { ...look, adapters: [] }]))).toMatchObject({ step: 'connected' });
  });

  it('searches again where it was, and closes on a word', () => {
    const again = after([start, told({ kind: 'searched', milliseconds: 60_000, found: [] }), { ...start, adapters: [second, first] }]);
    expect(again.acts).toEqual([{ act: 'end' }, { act: 'search', adapter: first }]);
    const stopped = after([start, { kind: 'stop' }]);
    expect(stopped).toMatchObject({ phase: closed, acts: [{ act: 'end' }] });
    expect(shown(stopped)).toBeNull();
    expect(after([{ kind: 'stop' }]).acts).toEqual([]);
    expect(after([start, { kind: 'stop' }, look, searching(headset)]).phase).toEqual(closed);
  });
});
