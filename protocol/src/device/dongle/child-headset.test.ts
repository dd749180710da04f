import { describe, expect, test } from 'vitest';
import { faults } from '../../virtual/index.ts';
import { syntheticWires, verifiedWires } from '../../settings/index.ts';
import type { DeviceEvent } from '../gnp-device.ts';
import { dongleBench } from './testing/dongle-bench.ts';

const first = '70:BF:92:00:00:01';
const second = '70:BF:92:00:00:02';

describe('the headset behind a dongle', () => {
  test('has a name, serial number, version, battery and settings of its own', async () => {
    const { clock, dongle, attach } = await dongleBench();
    attach(first, 'evolve2-75').setBattery(42, true);
    const child = await clock.complete(dongle.child({ wires: () => [...verifiedWires, ...syntheticWires] }));
    expect(child).toMatchObject({
      productId: 0x24da,
      family: { id: 'evolve2-75' },
      identity: { name: 'Jabra Evolve2 75', serial: '70BF92000001', version: '1.8.13', dfuProductId: 0x24da, updateProtocol: 7, complete: true },
    });
    expect(child?.device.address).toBe(4);
    expect(await clock.complete(child?.device.battery() ?? Promise.reject(new TypeError()))).toEqual({ level: 42, charging: true, low: false });
    const written = await clock.complete(child?.device.settings.apply(new Map([['voiceGuidance', 'off']])) ?? Promise.reject(new TypeError()));
    expect([...written]).toEqual([['voiceGuidance', { status: 'written', value: 'off' }]]);
  });

  test('has no settings where nobody says how they are reached', async () => {
    const { clock, dongle, attach } = await dongleBench();
    attach(first);
    expect((await clock.complete(dongle.child()))?.device.settings.keys.size).toBe(0);
  });

  test('is nobody where none is there, or one leaves before it is asked', async () => {
    const { clock, dongle } = await dongleBench();
    expect(await clock.complete(dongle.child())).toBeNull();
  });

  test('tells its battery and its settings under its own address', async () => {
    const { clock, dongle, attach } = await dongleBench();
    const headset = attach(first);
    const child = await clock.complete(dongle.child({ wires: () => verifiedWires }));
    const told: DeviceEvent[] = [];
    child?.device.onEvent((event) => told.push(event));
    headset.setBattery(17, false);
    headset.setLocally('voiceGuidance', 'tones');
    await clock.settle();
    expect(told).toEqual([
      { kind: 'battery', battery: { level: 17, charging: false, low: true } },
      { kind: 'settings', values: { voiceGuidance: 'tones' } },
    ]);
  });

  /** Another headset comes in its place in the middle of the question for the version, once. */
  const changesPlaces = async (family: string, isLost?: (report: Uint8Array) => boolean) => {
    const on = await dongleBench({}, isLost);
    const other = on.bring(second, {}, family);
    let changes = 0;
    on.attach(first).behave({
      name: 'another one comes after the serial number',
      onPacket: ({ subcommand, command }) => {
        if (command !== 0x02 || subcommand !== 0x03 || changes > 0) return undefined;
        changes += 1;
        on.radio.detach();
        on.radio.attach(other);
        return undefined;
      },
    });
    return on;
  };

  test('is never half one and half another: it is asked again where they change places in between', async () => {
    const { clock, dongle } = await changesPlaces('evolve2-65');
    expect((await clock.complete(dongle.child()))?.identity).toMatchObject({ serial: '70BF92000002', complete: true });
  });

  test('is not half one and half another model where the event was lost', async () => {
    const { clock, dongle } = await changesPlaces('evolve2-75', (report) => report[5] === 0x0d);
    expect((await clock.complete(dongle.child()))?.identity).toMatchObject({ serial: '70BF92000002', dfuProductId: 0x24da, complete: true });
  });

  test('is complete, whatever it says of connections itself', async () => {
    const { clock, dongle, attach } = await dongleBench();
    attach(first).behave({
      name: 'talks like a dongle',
      onPacket: (_, context) => {
        context.event(0x0d, 0x26, Uint8Array.of(1));
        return undefined;
      },
    });
    expect((await clock.complete(dongle.child()))?.identity.complete).toBe(true);
  });

  test('is not complete where it never stops to come and go', async () => {
    const { clock, dongle, device, radio, attach } = await dongleBench();
    const headset = attach(first);
    device.child?.behave({
      name: 'comes and goes',
      onPacket: ({ subcommand, command }) => {
        if (command === 0x02 && subcommand === 0x01) {
          radio.detach();
          radio.attach(headset);
        }
        return undefined;
      },
    });
    expect((await clock.complete(dongle.child()))?.identity.complete).toBe(false);
  });

  test('is not taken for gone where the dongle is silent', async () => {
    const { clock, dongle, attach } = await dongleBench();
    attach(first).behave(faults.timeout(3));
    await expect(clock.complete(dongle.child())).rejects.toMatchObject({ code: 'timeout' });
  });

  test('comes and goes many times', async () => {
    const { clock, dongle, radio, attach, session } = await dongleBench();
    const headset = attach(first);
    await clock.settle();
    const told: (boolean | null)[] = [];
    const stop = dongle.onConnection(({ connected }) => told.push(connected));
    for (let time = 0; time < 200; time += 1) {
      radio.detach();
      expect(await clock.complete(dongle.child())).toBeNull();
      if (time % 2 === 0) radio.attach(headset);
      else {
        radio.bring(headset);
        await clock.complete(dongle.connect(first));
      }
      expect((await clock.complete(dongle.child()))?.identity.serial).toBe('70BF92000001');
    }
    expect(told.length).toBe(400);
    expect(told.every((connected, index) => connected === (index % 2 === 1))).toBe(true);
    stop();
    expect(clock.pendingTimers).toBe(0);
    expect(session.statistics.unmatched).toBe(0);
  });
});
