import { type HidPathInfo, PacketType } from '@jpd/protocol';
import { faults, nack, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuses, voiceGuidance } from './testing/behaviours.ts';
import { DeviceBench } from './testing/device-bench.ts';
import { joined, named, relisted } from './testing/ports.ts';

const evolve = '24b3-70bf92000002';
const dongleId = '24c7-50c275000001';

let bench: DeviceBench;
afterEach(async () => {
  await bench.stop();
  expect(bench.violations).toEqual([]);
  expect(bench.log.errors).toEqual([]);
  expect(bench.clock.pendingTimers).toBe(0);
});

/** One headset that can be reached by cable, behind a dongle, and over the PC's own Bluetooth: three virtual devices that hold the same. */
class ThreeWays {
  readonly cable = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
  readonly radio = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
  readonly behindDongle = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
  readonly dongle = virtualDevice({ family: 'link-380', serial: '50C275000001' });
  readonly bench: DeviceBench;
  readonly #usb = new DeviceBench();
  readonly #bluetooth = new DeviceBench({ clock: this.#usb.clock });
  readonly #dongles = new DeviceBench({ clock: this.#usb.clock });

  constructor() {
    const overBluetooth = (info: HidPathInfo): HidPathInfo => ({ ...info, bus: 'bluetooth' });
    const ports = [
      named('usb', this.#usb.bus.port()),
      relisted(named('bt', this.#bluetooth.bus.port()), overBluetooth),
      named('dongle', this.#dongles.bus.port()),
    ];
    this.bench = new DeviceBench({ clock: this.#usb.clock, hid: joined(...ports) });
    this.#dongles.bus.plug(this.dongle);
  }

  async change(what: 'cable' | 'radio' | 'dongle', isThere: boolean): Promise<void> {
    if (what === 'cable') this.#usb.bus[isThere ? 'plug' : 'unplug'](this.cable);
    if (what === 'radio') this.#bluetooth.bus[isThere ? 'plug' : 'unplug'](this.radio);
    if (what === 'dongle' && isThere) this.dongle.attach(this.behindDongle);
    if (what === 'dongle' && !isThere) this.dongle.detach();
    await this.bench.advance(1000);
  }
}

describe('one headset over several ways', () => {
  let ways: ThreeWays;
  beforeEach(async () => {
    ways = new ThreeWays();
    bench = ways.bench;
    await bench.start();
  });

  it('is one document with the best way, and connects with the first and disconnects with the last', async () => {
    const seen: (string | null)[] = [];
    const see = (): void => {
      const { status, transport, parentDeviceId } = bench.document(evolve).connection;
      seen.push(`${status} ${transport} ${parentDeviceId ?? '-'}`);
    };
    for (const [what, isThere] of [
      ['radio', true],
      ['dongle', true],
      ['cable', true],
      ['cable', false],
      ['dongle', false],
      ['dongle', true],
      ['radio', false],
      ['dongle', false],
    ] as const) {
      await ways.change(what, isThere);
      see();
    }
    expect(seen).toEqual([
      'connected bluetooth -',
      `connected dongle ${dongleId}`,
      'connected usb -',
      `connected dongle ${dongleId}`,
      'connected bluetooth -',
      `connected dongle ${dongleId}`,
      `connected dongle ${dongleId}`,
      `disconnected dongle ${dongleId}`,
    ]);
    expect(bench.eventTypes(evolve)).toEqual(['device.connected', 'device.disconnected']);
    expect(bench.ids()).toEqual([evolve, dongleId]);
  });

  it('was last seen when it connected, not when it changed its way', async () => {
    await ways.change('dongle', true);
    const { lastSeenAt } = bench.document(evolve).connection;
    await ways.change('cable', true);
    await ways.change('cable', false);
    expect(bench.document(evolve).connection.lastSeenAt).toBe(lastSeenAt);
    await ways.change('dongle', false);
    expect(bench.document(evolve).connection.lastSeenAt > lastSeenAt).toBe(true);
  });

  it('is worked on over the best way only', async () => {
    await ways.change('dongle', true);
    await ways.change('cable', true);
    await bench.desire(evolve, 1, { sidetoneLevel: { value: 6 } });
    expect([ways.cable.writes, ways.behindDongle.writes]).toEqual([1, 0]);
  });

  it('keeps what the user changed when it changes its way: it stayed connected', async () => {
    await ways.change('dongle', true);
    await bench.desire(evolve, 1, { sidetoneLevel: { value: 6 }, voiceGuidance: { value: 'off', locked: true } });
    for (const way of [ways.cable, ways.behindDongle]) {
      way.state.settings.set('sidetoneLevel', -3);
      way.state.settings.set('voiceGuidance', 'off');
    }
    await ways.change('cable', true);
    await ways.change('cable', false);
    expect(bench.document(evolve).settings.values['sidetoneLevel']).toBe(-3);
    expect([ways.cable.writes, ways.behindDongle.writes]).toEqual([0, 2]);
    await ways.change('dongle', false);
    await ways.change('dongle', true);
    expect(bench.document(evolve).settings.values['sidetoneLevel']).toBe(6);
  });

  it('gets a lock put back when a way shows that it drifted', async () => {
    await ways.change('dongle', true);
    await bench.desire(evolve, 1, { voiceGuidance: { value: 'off', locked: true } });
    await ways.change('cable', true);
    expect(ways.cable.state.settings.get('voiceGuidance')).toBe('off');
    expect(bench.eventsOf(evolve, 'settings.lock-enforced')).toHaveLength(1);
  });

  it('is asked again over another way for what it refused', async () => {
    ways.behindDongle.behave(refuses(...voiceGuidance, 0xf0, PacketType.write));
    await ways.change('dongle', true);
    await bench.desire(evolve, 1, { voiceGuidance: { value: 'off' } });
    expect(bench.document(evolve).settings.state).toBe('failed');
    await ways.change('cable', true);
    expect(bench.document(evolve).settings).toMatchObject({ state: 'in-sync', errors: [], values: { voiceGuidance: 'off' } });
  });
});

describe('a device', () => {
  const serial = '70BF92000001';
  const id = '24da-70bf92000001';
  let headset: VirtualDevice;
  beforeEach(() => {
    bench = new DeviceBench();
    headset = virtualDevice({ family: 'evolve2-75', serial });
    bench.bus.plug(headset);
  });

  it('whose only way goes and comes in one moment was away', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3 } });
    headset.state.settings.set('sidetoneLevel', 0);
    const [route] = bench.manager.device(id)?.routes.values() ?? [];
    if (!route) throw new Error('the device has no route');
    bench.manager.routeDown(route.key);
    bench.manager.routeUp({ ...route });
    await bench.advance(1000);
    expect(bench.eventTypes(id)).toEqual(['device.connected', 'settings.applied', 'device.disconnected', 'device.connected', 'settings.applied']);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
  });

  it('that was reported connected and is gone at the next start is reported gone then, and not again', async () => {
    await bench.start();
    await bench.stop();
    bench.bus.unplug(headset);
    await bench.advance(5000);
    await bench.start();
    expect(bench.document(id).connection).toMatchObject({ status: 'disconnected', lastSeenAt: '2026-01-05T09:00:05.000Z' });
    expect(bench.eventTypes(id)).toEqual(['device.connected', 'device.disconnected']);
    await bench.restart();
    expect(bench.eventTypes(id)).toEqual(['device.connected', 'device.disconnected']);
    expect(bench.documentsOf(id)).toHaveLength(2);
  });

  it('that is still there at the next start is not reported again', async () => {
    await bench.start();
    await bench.restart();
    expect(bench.events).toHaveLength(1);
    expect(bench.documentsOf(id)).toHaveLength(1);
    expect(bench.document(id).revision).toBe(bench.documentsOf(id)[0]?.revision);
  });

  it('begins with the time as its revision and counts up from there, over restarts', async () => {
    await bench.start();
    const first = Date.UTC(2026, 0, 5, 9);
    expect(bench.document(id).revision).toBe(first);
    headset.setLocally('sidetoneLevel', 3);
    await bench.advance(1000);
    await bench.restart();
    headset.setLocally('sidetoneLevel', 6);
    await bench.advance(1000);
    expect(bench.documentsOf(id).map(({ revision }) => revision - first)).toEqual([0, 1, 2]);
  });

  it('whose record is lost begins above everything that was published', async () => {
    await bench.start();
    headset.setLocally('sidetoneLevel', 3);
    await bench.advance(1000);
    const { revision } = bench.document(id);
    await bench.stop();
    await bench.lose('devices', id);
    await bench.start();
    expect(bench.document(id).revision).toBe(bench.clock.now());
    expect(bench.document(id).revision).toBeGreaterThan(revision);
    // The bench counts: to the platform it is connected since before.
    bench.violations.length = 0;
  });

  it('publishes what the user changes on it, once, and nothing when nothing changed', async () => {
    await bench.start();
    headset.setLocally('sidetoneLevel', 3);
    await bench.advance(10);
    expect(bench.document(id).settings.values['sidetoneLevel']).toBe(3);
    headset.setLocally('sidetoneLevel', 3);
    await bench.manager.device(id)?.refresh();
    await bench.advance(3_600_000);
    expect(bench.documentsOf(id)).toHaveLength(2);
  });

  it('is read anew by a refresh, which reverts nothing', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 6 } });
    headset.state.settings.set('sidetoneLevel', -3);
    headset.state.version = '1.9.0';
    await bench.manager.device(id)?.refresh();
    expect(bench.document(id).settings.values['sidetoneLevel']).toBe(-3);
    expect(headset.writes).toBe(1);
  });

  it('is asked again for what it didn’t answer when it was read', async () => {
    await bench.start();
    bench.bus.unplug(headset);
    await bench.advance(1000);
    const end = headset.behave({
      name: 'half asleep',
      onPacket: ({ command }) => (command === 0x12 || command === 0x13 ? { kind: 'silence' } : undefined),
    });
    bench.bus.plug(headset);
    await bench.advance(30_000);
    expect(bench.document(id)).toMatchObject({ connection: { status: 'connected' }, battery: { level: 80 } });
    expect(bench.document(id).settings.values).not.toHaveProperty('sidetoneLevel');
    expect(bench.document(id).settings.values).toHaveProperty('ancMode');
    end();
    headset.setBattery(60, false);
    await bench.advance(60_000);
    expect(bench.document(id).settings.values).toMatchObject({ sidetoneLevel: 0, voiceGuidance: 'voice' });
    expect(bench.document(id).battery).toEqual({ level: 60, charging: false, low: false });
    const asked = headset.received.length;
    await bench.advance(3_600_000);
    expect(headset.received).toHaveLength(asked);
  });

  it('is asked again for what it refused without saying that it doesn’t have it', async () => {
    const end = headset.behave({ name: 'starting', onPacket: ({ command }) => (command === 0x12 || command === 0x13 ? nack(0xf0) : undefined) });
    await bench.start();
    expect(bench.document(id).battery).toBeNull();
    end();
    await bench.advance(60_000);
    expect(bench.document(id)).toMatchObject({ battery: { level: 80 }, settings: { values: { sidetoneLevel: 0, voiceGuidance: 'voice' } } });
  });

  it('is not asked again for what it doesn’t have', async () => {
    bench.bus.unplug(headset);
    const wired = virtualDevice({ family: 'evolve2-30', serial: '70BF92000009', behaviours: [refuses(...voiceGuidance, 0xff)] });
    bench.bus.plug(wired);
    await bench.start();
    const asked = wired.received.length;
    await bench.advance(3_600_000);
    expect(wired.received).toHaveLength(asked);
  });

  it('that never answers some of it is asked three times more', async () => {
    headset.behave({ name: 'mute', onPacket: ({ command }) => (command === 0x12 ? { kind: 'silence' } : undefined) });
    await bench.start();
    // It has a battery, and says nothing of it: unknown is not none, and not 0.
    expect(bench.document(id).battery).toEqual({ level: null, charging: false, low: false });
    await bench.advance(3_600_000);
    expect(headset.received.filter(({ packet }) => packet?.command === 0x12)).toHaveLength(4 * 3);
  });

  it.each([
    ['garbage', faults.garbage(2)],
    ['dropped answers', faults.drop(2)],
    ['doubled answers', faults.duplicate(200)],
    ['wrong sequence numbers', faults.wrongSequence(2)],
    ['late answers', faults.late(2, 1500)],
  ])('is what it is through %s', async (_, fault) => {
    headset.behave(fault);
    await bench.start();
    await bench.advance(60_000);
    expect(bench.ids()).toEqual([id]);
    expect(bench.document(id)).toMatchObject({ electronicSerialNumber: serial, firmware: { version: '1.8.13' }, battery: { level: 80 } });
    expect(Object.keys(bench.document(id).settings.values)).toHaveLength(headset.state.family.settings.length);
  });

  it('is worked on while the disk is stuck; what came of it is told when it is safe', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 6, locked: true } });
    const published = bench.publications.length;
    const told = bench.events.length;
    bench.diskIsStuck = true;
    headset.setLocally('sidetoneLevel', 0);
    headset.setLocally('voiceGuidance', 'off');
    await bench.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(6);
    expect(bench.publications).toHaveLength(published);
    expect(bench.events).toHaveLength(told);
    bench.releaseDisk();
    await bench.advance(0);
    expect(bench.eventTypes(id).slice(told)).toEqual(['settings.lock-enforced']);
    expect(bench.document(id).settings.values).toMatchObject({ sidetoneLevel: 6, voiceGuidance: 'off' });
    expect(bench.publications.at(-1)?.document).toEqual(bench.document(id));
  });

  it('is written nothing after the agent stopped, not even what it was about to', async () => {
    await bench.start();
    headset.behave(faults.late(1, 500));
    void bench.manager.desiredReceived(
      id,
      {
        schema: 'desired/1',
        sentAt: '2026-01-05T09:00:00.000Z',
        revision: 1,
        source: { kind: 'device', id: 'a', name: '' },
        settings: { sidetoneLevel: { value: 6, locked: true }, voiceGuidance: { value: 'off', locked: true } },
        firmware: { management: 'unmanaged' },
      },
      null,
    );
    await bench.advance(100);
    await bench.stop();
    await bench.advance(60_000);
    headset.setLocally('sidetoneLevel', 3);
    await bench.advance(60_000);
    expect(headset.writes).toBe(0);
    await bench.start();
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', appliedRevision: 1, values: { sidetoneLevel: 6, voiceGuidance: 'off' } });
  });
});
