import { describe, expect, test } from 'vitest';
import { faults, radioTiming } from '../../virtual/index.ts';
import { Pairing, type PairingState } from './pairing.ts';
import { dongleBench } from './testing/dongle-bench.ts';

const first = '70:BF:92:00:00:01';
const second = '70:BF:92:00:00:02';

const start = async (options?: { readonly searchForMs?: number }) => {
  const on = await dongleBench();
  const pairing = new Pairing(on.dongle, on.clock, options);
  const states: PairingState[] = [];
  pairing.onChange((state) => states.push(state));
  return { ...on, pairing, states, kinds: () => states.map(({ kind }) => kind) };
};

describe('a pairing dialog', () => {
  test('searches, shows what is found in its order, connects to the one that is chosen', async () => {
    const { clock, pairing, states, bring, device } = await start();
    bring(first, { discoverable: true, nameMs: 3000 });
    bring(second, { discoverable: true }, 'evolve2-75');
    expect(pairing.state).toEqual({ kind: 'idle' });
    await clock.advance(500);
    pairing.search();
    await clock.advance(5000);
    expect(states.map((state) => (state.kind === 'searching' ? state.found.map(({ name }) => name) : state.kind))).toEqual([
      [],
      [null],
      [null, null],
      [null, 'Jabra Evolve2 75'],
      ['Jabra Evolve2 65', 'Jabra Evolve2 75'],
    ]);
    expect(pairing.state).toMatchObject({ kind: 'searching', since: 500 });
    pairing.choose(second);
    expect(pairing.state).toMatchObject({ kind: 'connecting', headset: { address: second, name: 'Jabra Evolve2 75' }, found: [{}, {}] });
    await clock.advance(radioTiming.pairMs);
    expect(pairing.state).toEqual({ kind: 'connected', headset: { address: second, name: 'Jabra Evolve2 75' } });
    expect(device.child?.serial).toBe('70BF92000002');
  });

  test('searches for a minute, again and again, and says how long', async () => {
    const { clock, pairing, bring, kinds, writes } = await start();
    pairing.search();
    await clock.advance(45_000);
    bring(first, { discoverable: true });
    await clock.advance(14_999);
    expect(pairing.state.kind).toBe('searching');
    await clock.advance(1);
    expect(pairing.state).toMatchObject({ kind: 'searched', milliseconds: 60_000, found: [{ address: first }] });
    expect(writes()).toEqual(['0D/20', '0D/20', '0D/20']);
    await clock.advance(60_000);
    expect(kinds().at(-1)).toBe('searched');
    expect(clock.pendingTimers).toBe(0);
  });

  test('finds nothing where nothing is there', async () => {
    const { clock, pairing } = await start({ searchForMs: 30_000 });
    pairing.search();
    await clock.advance(30_000);
    expect(pairing.state).toEqual({ kind: 'searched', milliseconds: 30_000, found: [] });
  });

  test('asks no dongle again that ends each search at once', async () => {
    const { clock, pairing, device, writes } = await start();
    device.behave({
      name: 'ends at once',
      onPacket: ({ subcommand, type }, context) => {
        if (type !== 2 || subcommand !== 0x20) return undefined;
        context.event(0x0d, 0x23, Uint8Array.of(1));
        return { kind: 'ack' };
      },
    });
    pairing.search();
    await clock.advance(5000);
    expect(pairing.state).toMatchObject({ kind: 'searched', found: [] });
    expect(writes()).toEqual(['0D/20']);
  });

  test('says that a headset didn’t answer, keeps the others, and tries again', async () => {
    const { clock, pairing, radio, bring } = await start();
    const headset = bring(first, { discoverable: true });
    pairing.search();
    await clock.advance(2000);
    radio.take(headset);
    pairing.choose(first);
    await clock.advance(30_000);
    expect(pairing.state).toMatchObject({ kind: 'failed', reason: 'no-answer', headset: { address: first }, found: [{ address: first }] });
    radio.bring(headset, { discoverable: true });
    pairing.choose(first);
    await clock.advance(radioTiming.pairMs);
    expect(pairing.state.kind).toBe('connected');
  });

  test('says that the dongle refused', async () => {
    const { clock, pairing, bring, device } = await start();
    bring(first, { discoverable: true });
    device.behave(faults.nack(1));
    pairing.search();
    await clock.advance(10);
    expect(pairing.state).toMatchObject({ kind: 'failed', reason: 'refused', headset: null, error: { code: 'rejected' } });
    pairing.search();
    await clock.advance(2000);
    device.behave(faults.nack(1));
    pairing.choose(first);
    await clock.advance(10);
    expect(pairing.state).toMatchObject({ kind: 'failed', reason: 'refused', headset: { address: first } });
  });

  test.each(['searching', 'connecting'])('says that the dongle was unplugged while %s', async (when) => {
    const { clock, pairing, bring, bus, device } = await start();
    bring(first, { discoverable: true });
    pairing.search();
    await clock.advance(2000);
    if (when === 'connecting') pairing.choose(first);
    bus.unplug(device);
    await clock.settle();
    expect(pairing.state).toMatchObject({ kind: 'failed', reason: 'dongle-gone', error: { code: 'disconnected' } });
    expect(clock.pendingTimers).toBe(0);
  });

  test('tells nothing more of what was given up', async () => {
    const { clock, pairing, bring, states } = await start();
    bring(first, { discoverable: true });
    pairing.search();
    pairing.stop();
    await clock.advance(30_000);
    expect(states.map(({ kind }) => kind)).toEqual(['searching', 'idle']);
    pairing.search();
    await clock.advance(2000);
    pairing.choose(first);
    pairing.stop();
    await clock.advance(60_000);
    expect(pairing.state).toEqual({ kind: 'idle' });
    pairing.choose(first);
    expect(pairing.state).toEqual({ kind: 'idle' });
  });

  test('can change its mind: another headset, another search', async () => {
    const { clock, pairing, bring, device } = await start();
    bring(first, { discoverable: true });
    bring(second, { discoverable: true });
    pairing.search();
    await clock.advance(3000);
    pairing.choose(first);
    await clock.advance(100);
    pairing.choose(second);
    await clock.advance(10_000);
    expect(pairing.state).toMatchObject({ kind: 'connected', headset: { address: second } });
    expect(device.child?.serial).toBe('70BF92000002');
    pairing.search();
    // The search goes on in the dongle: it found the other one, and this one is in pairing mode no more.
    expect(pairing.state).toMatchObject({ kind: 'searching', found: [{ address: first }] });
    pairing.stop();
  });

  test('is told to those only who still listen', async () => {
    const { pairing } = await start();
    const states: PairingState[] = [];
    const stop = pairing.onChange((state) => states.push(state));
    pairing.search();
    stop();
    pairing.stop();
    expect(states.length).toBe(1);
  });
});
