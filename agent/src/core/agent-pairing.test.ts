import { faults, nack, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { relisted } from './devices/testing/ports.ts';
import type { PairingView } from './pairing/view.ts';
import { dongleId, FirmwareLab } from './firmware/testing/firmware-lab.ts';
import { AgentLab } from './testing/agent-lab.ts';
import { policyOf } from './testing/bodies.ts';

const adapterSerial = '50C275000001';
const childId = '24b3-70bf92000002';
const address = '70:BF:92:00:00:02';
const adapterName = 'Jabra Link 380';
const found = { id: address, name: 'Jabra Evolve2 65', formFactor: 'headset', endsIn: '0002' };

let lab: AgentLab;
let adapter: VirtualDevice;
let headset: VirtualDevice;
beforeEach(() => {
  lab = new AgentLab();
  headset = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
  headset.setBattery(42, false);
});
afterEach(async () => {
  if (lab.isRunning) await lab.stop();
  expect(lab.log.errors).toEqual([]);
  // A search goes on in an adapter.
  for (const device of lab.bus.devices) lab.bus.unplug(device);
  expect(lab.clock.pendingTimers).toBe(0);
});

const pairing = () => lab.agent.person.pairing;
const view = (): PairingView | null => lab.agent.overview().pairing;
const pairable = (): void => adapter.radio?.bring(headset, { discoverable: true });
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
/** Bluetooth requests that change something, as the adapter received them. */
const asked = (): string[] =>
  adapter.received.flatMap(({ report, packet }) =>
    packet?.type === 2 && packet.command === 0x0d ? [hex(report.subarray(0, 7 + packet.payload.length)).replace(/^(.{9})../, '$1..')] : [],
  );

async function begin(family = 'link-380'): Promise<void> {
  adapter = lab.plug(family, adapterSerial);
  await lab.start();
}

describe('a headset and an adapter', () => {
  it('are paired on a word, and the headset is a device of the platform with its battery', async () => {
    await begin();
    const steps: (string | undefined)[] = [];
    const end = lab.agent.onChange(() => {
      const step = view()?.step;
      if (steps.at(-1) !== step) steps.push(step);
    });
    pairable();
    pairing().start();
    expect(view()).toMatchObject({ step: 'searching', adapter: adapterName, startedAt: lab.clock.now(), found: [] });
    await lab.clock.advance(2000);
    expect(view()).toMatchObject({ step: 'searching', isOver: false, found: [found] });
    pairing().choose(address);
    expect(view()).toMatchObject({ step: 'connecting', adapter: adapterName, headset: found });
    await lab.clock.advance(5000);
    expect(view()).toEqual({ step: 'connected', adapter: adapterName, headset: found, battery: 42 });
    expect(lab.platform.retainedOf('devices', childId)).toMatchObject({
      electronicSerialNumber: '70BF92000002',
      connection: { status: 'connected', transport: 'dongle', parentDeviceId: dongleId },
      battery: { level: 42 },
    });
    end();
    expect(steps).toEqual(['searching', 'connecting', 'connected']);
    // Facts E5, the tool's own bytes: search (05 14), then pair (04, Bluetooth address); report 05, address 1.
    expect(asked()).toEqual(['05 01 00 .. 88 0d 20 05 14', '05 01 00 .. 8d 0d 30 04 70 bf 92 00 00 02']);
    pairing().close();
    expect(view()).toBeNull();
  });

  it('are left alone until somebody says so', async () => {
    await begin();
    pairable();
    await lab.clock.advance(120_000);
    expect(asked()).toEqual([]);
    pairing().choose(address);
    pairing().close();
    await lab.clock.advance(10_000);
    expect(asked()).toEqual([]);
    expect(view()).toBeNull();
  });

  it('find nothing of each other, and search again on a word', async () => {
    await begin();
    pairing().start();
    await lab.clock.advance(61_000);
    expect(view()).toEqual({ step: 'nothing-found', adapter: adapterName, seconds: 60 });
    pairable();
    pairing().start();
    await lab.clock.advance(2000);
    expect(view()).toMatchObject({ step: 'searching', found: [found] });
  });

  it('that found each other may be paired after the search as well', async () => {
    await begin();
    pairable();
    pairing().start();
    await lab.clock.advance(61_000);
    expect(view()).toMatchObject({ step: 'searching', isOver: true, found: [found] });
    pairing().choose(address);
    await lab.clock.advance(5000);
    expect(view()).toMatchObject({ step: 'connected', battery: 42 });
  });

  it('that tells no name is shown after two seconds, by its address alone', async () => {
    await begin();
    adapter.radio?.bring(headset, { discoverable: true, nameMs: null });
    pairing().start();
    await lab.clock.advance(1000);
    expect(view()).toMatchObject({ found: [] });
    let changes = 0;
    const end = lab.agent.onChange(() => (changes += 1));
    await lab.clock.advance(2000);
    end();
    expect(changes).toBe(1);
    expect(view()).toMatchObject({ found: [{ name: null, endsIn: '0002' }] });
  });
});

describe('a pairing comes to nothing', () => {
  it('where the headset left pairing mode, and may be tried again', async () => {
    await begin();
    pairable();
    pairing().start();
    await lab.clock.advance(2000);
    adapter.radio?.take(headset);
    pairing().choose(address);
    await lab.clock.advance(31_000);
    expect(view()).toEqual({ step: 'refused', adapter: adapterName, headset: found });
    pairable();
    pairing().start();
    await lab.clock.advance(2000);
    pairing().choose(address);
    await lab.clock.advance(5000);
    expect(view()).toMatchObject({ step: 'connected' });
  });

  it('where the adapter refuses the headset', async () => {
    await begin();
    pairable();
    pairing().start();
    await lab.clock.advance(2000);
    adapter.behave({ name: 'refuses', onPacket: ({ command, subcommand }) => (command === 0x0d && subcommand === 0x30 ? nack(0x05) : undefined) });
    pairing().choose(address);
    await lab.clock.advance(1000);
    expect(view()).toEqual({ step: 'refused', adapter: adapterName, headset: found });
    // The adapter still searches, and found it already.
    pairing().start();
    await lab.clock.settle();
    expect(view()).toMatchObject({ step: 'searching', isOver: false, found: [found] });
  });

  it.each(['searching', 'connecting'])('where the adapter is pulled out while %s, and goes on when it is back', async (step) => {
    await begin();
    pairable();
    pairing().start();
    await lab.clock.advance(2000);
    if (step === 'connecting') pairing().choose(address);
    await lab.clock.advance(500);
    expect(view()?.step).toBe(step);
    lab.bus.unplug(adapter);
    await lab.clock.advance(2000);
    expect(view()).toEqual({ step: 'unplugged', adapter: adapterName });
    adapter.radio?.take(headset);
    lab.bus.plug(adapter);
    await lab.clock.advance(2000);
    expect(view()).toMatchObject({ step: 'searching', found: [] });
    pairable();
    await lab.clock.advance(2000);
    expect(view()).toMatchObject({ step: 'searching', found: [found] });
  });

  it('where the adapter goes in the middle of being asked', async () => {
    await begin();
    pairable();
    pairing().start();
    await lab.clock.advance(2000);
    adapter.behave(faults.unplug(1));
    pairing().choose(address);
    await lab.clock.advance(2000);
    expect(view()).toEqual({ step: 'unplugged', adapter: adapterName });
  });

  it('where no adapter is there, and begins when one is plugged in', async () => {
    await lab.start();
    pairing().start();
    expect(view()).toEqual({ step: 'no-adapter', unable: null });
    await lab.clock.advance(60_000);
    adapter = lab.plug('link-380', adapterSerial);
    pairable();
    await lab.clock.advance(3000);
    expect(view()).toMatchObject({ step: 'searching', found: [found] });
  });

  it('where a speakerphone is all that there is', async () => {
    await begin('speak2-75');
    pairing().start();
    expect(view()).toEqual({ step: 'no-adapter', unable: null });
  });

  it('where the adapter is of a model that nobody vouches for, which is told by its name and asked nothing', async () => {
    lab.listing = (port) => relisted(port, (info) => ({ ...info, bus: 'usb' }));
    await begin('link-390');
    pairing().start();
    expect(view()).toEqual({ step: 'no-adapter', unable: 'Jabra Link 390' });
    expect(asked()).toEqual([]);
    lab.plug('link-370', '50C275000009');
    await lab.clock.advance(2000);
    expect(view()).toMatchObject({ step: 'searching', adapter: 'Jabra Link 370' });
    expect(asked()).toEqual([]);
  });

  it('when the platform revokes this client', async () => {
    await begin();
    pairing().start();
    await lab.clock.advance(1000);
    lab.platform.send('policy', policyOf(1, { revoked: true }));
    await lab.clock.advance(5000);
    expect(view()).toBeNull();
    pairing().start();
    expect(view()).toBeNull();
  });

  it('when the agent ends, without a word to the adapter after it', async () => {
    await begin();
    pairable();
    pairing().start();
    await lab.clock.advance(2000);
    const before = adapter.received.length;
    const { person } = lab.agent;
    await lab.stop();
    person.pairing.choose(address);
    person.pairing.start();
    await lab.clock.advance(60_000);
    expect(adapter.received.length).toBe(before);
  });
});

it('a pairing ends when the headset behind its adapter begins to be updated', async () => {
  const rig = new FirmwareLab();
  rig.dongle();
  await rig.lab.start();
  rig.lab.agent.person.pairing.start();
  await rig.clock.advance(2000);
  expect(rig.lab.agent.overview().pairing).toMatchObject({ step: 'searching' });
  rig.policy({});
  rig.desire(rig.offer({ bytes: 20_000 }), childId);
  await rig.until('updating', childId);
  await rig.clock.advance(1000);
  expect(rig.lab.agent.overview().pairing).toBeNull();
  rig.lab.agent.person.pairing.start();
  expect(rig.lab.agent.overview().pairing).toEqual({ step: 'no-adapter', unable: null });
  await rig.clock.advance(120_000);
  expect(rig.document(childId).firmware).toMatchObject({ status: 'latest' });
  expect(rig.lab.agent.overview().pairing?.step).toMatch(/searching|nothing-found/);
  await rig.lab.stop();
  expect(rig.lab.log.errors).toEqual([]);
});
