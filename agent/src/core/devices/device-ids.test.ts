import { faults, nack, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, describe, expect, it } from 'vitest';
import { dfuProductId, refuses, serial, silentAbout, version } from './testing/behaviours.ts';
import { DeviceBench } from './testing/device-bench.ts';
import { joined, named } from './testing/ports.ts';

const evolve = '24da-70bf92000001';
const panacast = '3010-50c2ed000001';
/** Its USB product id, 3012, is another than its DFU product id, 3010. */
const newPanacast = (): VirtualDevice => virtualDevice({ family: 'panacast-50', serial: '50C2ED000001' });

let bench: DeviceBench;
afterEach(async () => {
  await bench.stop();
  expect(bench.violations).toEqual([]);
  expect(bench.log.errors).toEqual([]);
  expect(bench.clock.pendingTimers).toBe(0);
});

describe('the id of a device', () => {
  it('begins with the DFU product id that it tells, not with its USB product id', async () => {
    bench = new DeviceBench();
    bench.bus.plug(newPanacast());
    await bench.start();
    expect(bench.ids()).toEqual([panacast]);
    expect(bench.document(panacast).model).toMatchObject({ productId: 0x3012, dfuProductId: 0x3010 });
  });

  it('begins with the USB product id where the device refuses to tell', async () => {
    bench = new DeviceBench();
    const device = newPanacast();
    device.behave(refuses(...dfuProductId, 0xff));
    bench.bus.plug(device);
    await bench.start();
    expect(bench.ids()).toEqual(['3012-50c2ed000001']);
    expect(bench.document('3012-50c2ed000001').model.dfuProductId).toBeNull();
  });

  it('begins with the DFU product id that a device refuses at first, while it starts', async () => {
    bench = new DeviceBench();
    const device = newPanacast();
    let refusals = 2;
    device.behave({
      name: 'starting',
      onPacket: ({ subcommand }) => (subcommand === dfuProductId[1] && (refusals -= 1) >= 0 ? nack(0xf0) : undefined),
    });
    bench.bus.plug(device);
    await bench.start();
    expect(bench.ids()).toEqual([panacast]);
    expect(bench.publications).toHaveLength(1);
  });

  it('is the one last known for its serial where the device refuses to tell, each time, over restarts', async () => {
    bench = new DeviceBench();
    const device = newPanacast();
    bench.bus.plug(device);
    await bench.start();
    device.behave(refuses(...dfuProductId, 0xff));
    for (let time = 0; time < 3; time += 1) {
      bench.bus.unplug(device);
      await bench.advance(1000);
      bench.bus.plug(device);
      await bench.advance(1000);
      expect(bench.ids()).toEqual([panacast]);
      expect(bench.document(panacast)).toMatchObject({ model: { dfuProductId: null }, connection: { status: 'connected' } });
      await bench.restart();
    }
  });

  it('is not taken from another family’s device with the same serial', async () => {
    const { bus, clock } = new DeviceBench();
    const second = new DeviceBench({ clock });
    bench = new DeviceBench({ clock, hid: joined(named('left', bus.port()), named('right', second.bus.port())) });
    bus.plug(newPanacast());
    await bench.start();
    second.bus.plug(virtualDevice({ family: 'evolve2-75', serial: '50C2ED000001', behaviours: [refuses(...dfuProductId, 0xff)] }));
    await bench.advance(1000);
    expect(bench.ids('connected')).toEqual(['24da-50c2ed000001', panacast]);
  });

  it('is not made before the device told what it is made of', async () => {
    bench = new DeviceBench();
    const device = newPanacast();
    const end = device.behave(silentAbout(...dfuProductId));
    bench.bus.plug(device);
    await bench.start();
    expect(bench.publications).toEqual([]);
    await bench.advance(1000);
    end();
    await bench.advance(2000);
    expect(bench.ids()).toEqual([panacast]);
    expect(bench.publications).toHaveLength(1);
  });

  it('is not made of the system’s serial while the device may still tell its own', async () => {
    bench = new DeviceBench();
    const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', behaviours: [faults.timeout(6)] });
    bench.bus.plug(device);
    await bench.start();
    expect(bench.publications).toEqual([]);
    await bench.advance(1000);
    expect(bench.ids()).toEqual([evolve]);
    expect(bench.document(evolve)).toMatchObject({ model: { name: 'Jabra Evolve2 75' }, firmware: { version: '1.8.13' } });
  });

  it('is made of what is known when a device never tells', async () => {
    bench = new DeviceBench();
    const device = newPanacast();
    device.behave(silentAbout(...dfuProductId));
    bench.bus.plug(device);
    await bench.start();
    await bench.advance(30_000);
    expect(bench.ids()).toEqual(['3012-50c2ed000001']);
    await bench.advance(600_000);
    expect(bench.ids()).toEqual(['3012-50c2ed000001']);
  });

  it('is corrected where the device tells only then', async () => {
    bench = new DeviceBench();
    const device = newPanacast();
    const end = device.behave(silentAbout(...dfuProductId));
    bench.bus.plug(device);
    await bench.start();
    await bench.advance(30_000);
    end();
    await bench.advance(30_000);
    expect(bench.ids('connected')).toEqual([panacast]);
    expect(bench.ids('disconnected')).toEqual(['3012-50c2ed000001']);
  });

  it.each(['000000000000', '0'])('names the port where the serial is %s', async (zeros) => {
    bench = new DeviceBench();
    bench.bus.plug(virtualDevice({ family: 'evolve2-75', serial: zeros }));
    await bench.start();
    // printf 'virtual-1' | sha256sum
    expect(bench.ids()).toEqual(['24da-path-a5ac93c248ae']);
    expect(bench.document('24da-path-a5ac93c248ae').electronicSerialNumber).toBe(zeros);
  });

  it('names the dongle’s port for a headset without a serial behind it', async () => {
    bench = new DeviceBench();
    bench.plug({ family: 'link-380', serial: '50C275000001', child: virtualDevice({ family: 'evolve2-65', serial: '000000000000' }) });
    await bench.start();
    expect(bench.ids()).toEqual(['24b3-path-a5ac93c248ae', '24c7-50c275000001']);
  });

  it('takes the system’s serial where the device refuses to tell its own', async () => {
    bench = new DeviceBench();
    bench.plug({ family: 'evolve2-75', serial: '70BF92000001', behaviours: [refuses(...serial, 0xff)] });
    await bench.start();
    expect(bench.document(evolve).electronicSerialNumber).toBe('70BF92000001');
  });
});

describe('an identity with gaps', () => {
  it('is reported, completed later, and the document corrected', async () => {
    bench = new DeviceBench();
    const end = [0x00, version[1]].map((subcommand) => silentAbout(0x02, subcommand));
    const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
    const ends = end.map((behaviour) => headset.behave(behaviour));
    bench.bus.plug(headset);
    await bench.start();
    expect(bench.document(evolve)).toMatchObject({ model: { name: 'Jabra Evolve2 75' }, firmware: { status: 'unknown', version: null } });
    for (const stop of ends) stop();
    await bench.advance(1000);
    expect(bench.document(evolve).firmware).toMatchObject({ status: 'unmanaged', version: '1.8.13' });
    expect(bench.documentsOf(evolve)).toHaveLength(2);
    expect(bench.eventTypes(evolve)).toEqual(['device.connected']);
    const asked = headset.received.length;
    await bench.advance(600_000);
    expect(headset.received).toHaveLength(asked);
  });

  it('is asked again at once for what it refuses, since firmware that starts refuses a lot', async () => {
    bench = new DeviceBench();
    bench.plug({ family: 'evolve2-75', serial: '70BF92000001', behaviours: [faults.nack(9)] });
    await bench.start();
    expect(bench.ids()).toEqual([evolve]);
    expect(bench.document(evolve)).toMatchObject({ electronicSerialNumber: '70BF92000001', firmware: { version: '1.8.13' } });
    expect(bench.publications).toHaveLength(1);
  });

  it('keeps what an earlier round told', async () => {
    bench = new DeviceBench();
    const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
    const end = headset.behave(silentAbout(...version));
    bench.bus.plug(headset);
    await bench.start();
    end();
    headset.behave(silentAbout(...serial));
    await bench.advance(600_000);
    expect(bench.ids()).toEqual([evolve]);
    expect(bench.document(evolve)).toMatchObject({ electronicSerialNumber: '70BF92000001', firmware: { version: '1.8.13' } });
  });

  it('is left with its gaps after four more rounds', async () => {
    bench = new DeviceBench();
    const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', behaviours: [silentAbout(...version)] });
    bench.bus.plug(headset);
    await bench.start();
    await bench.advance(600_000);
    const asked = headset.received.length;
    await bench.advance(86_400_000);
    expect(headset.received).toHaveLength(asked);
    expect(headset.received.filter(({ packet }) => packet?.subcommand === version[1])).toHaveLength(5 * 3);
    expect(bench.documentsOf(evolve)).toHaveLength(1);
  });
});

describe('two headsets with one serial', () => {
  const twins = (): { readonly left: DeviceBench; readonly right: DeviceBench } => {
    const left = new DeviceBench();
    return { left, right: new DeviceBench({ clock: left.clock }) };
  };
  // printf 'left/virtual-1' | sha256sum, printf 'right/virtual-1' | sha256sum
  const leftId = '24da-path-35389635a258';
  const rightId = '24da-path-386222fcc887';
  const headset = (): VirtualDevice => virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });

  it('get ids of their ports as soon as both are connected', async () => {
    const { left, right } = twins();
    bench = new DeviceBench({ clock: left.clock, hid: joined(named('left', left.bus.port()), named('right', right.bus.port())) });
    left.bus.plug(headset());
    await bench.start();
    expect(bench.ids('connected')).toEqual([evolve]);
    right.bus.plug(headset());
    await bench.advance(1000);
    expect(bench.ids('connected')).toEqual([leftId, rightId].toSorted());
    expect(bench.ids('disconnected')).toEqual([evolve]);
    expect(bench.eventTypes(evolve)).toEqual(['device.connected', 'device.disconnected']);
  });

  it('keep them when one is unplugged, when it comes back, and over restarts, without an event too many', async () => {
    const { left, right } = twins();
    bench = new DeviceBench({ clock: left.clock, hid: joined(named('left', left.bus.port()), named('right', right.bus.port())) });
    const [one, other] = [headset(), headset()];
    left.bus.plug(one);
    right.bus.plug(other);
    await bench.start();
    expect(bench.ids('connected')).toEqual([leftId, rightId].toSorted());
    const events = bench.events.length;
    await bench.restart();
    expect(bench.events).toHaveLength(events);
    right.bus.unplug(other);
    await bench.advance(1000);
    expect(bench.ids('connected')).toEqual([leftId]);
    await bench.restart();
    expect(bench.ids('connected')).toEqual([leftId]);
    right.bus.plug(other);
    await bench.advance(1000);
    expect(bench.ids('connected')).toEqual([leftId, rightId].toSorted());
    expect(bench.eventTypes(leftId)).toEqual(['device.connected']);
    expect(bench.eventTypes(rightId)).toEqual(['device.connected', 'device.disconnected', 'device.connected']);
  });

  it('of two products share nothing', async () => {
    const { left, right } = twins();
    bench = new DeviceBench({ clock: left.clock, hid: joined(named('left', left.bus.port()), named('right', right.bus.port())) });
    left.bus.plug(headset());
    right.bus.plug(virtualDevice({ family: 'evolve2-65', serial: '70BF92000001' }));
    await bench.start();
    expect(bench.ids('connected')).toEqual(['24b3-70bf92000001', evolve]);
  });

  it('behind a dongle as well: nobody can tell which of the two it is', async () => {
    const { left, right } = twins();
    const third = new DeviceBench({ clock: left.clock });
    const ports = [named('left', left.bus.port()), named('right', right.bus.port()), named('third', third.bus.port())];
    bench = new DeviceBench({ clock: left.clock, hid: joined(...ports) });
    third.bus.plug(virtualDevice({ family: 'link-380', serial: '50C275000001', child: headset() }));
    left.bus.plug(headset());
    await bench.start();
    expect(bench.ids('connected')).toEqual(['24c7-50c275000001', evolve]);
    right.bus.plug(headset());
    await bench.advance(1000);
    expect(bench.ids('connected')).toHaveLength(4);
    expect(bench.ids('disconnected')).toEqual([evolve]);
  });
});
