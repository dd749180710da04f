import type { UpdatePhase } from '@jpd/protocol';
import { buildFirmwarePackage, readFirmwarePackage } from '@jpd/protocol/firmware';
import { type Behaviour, VirtualBus, VirtualClock, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { refuses, version } from '../devices/testing/behaviours.ts';
import { steadyEntropy } from '../testing/entropy.ts';
import { LogBook } from '../testing/log-book.ts';
import { openMemoryStore } from '../testing/memory-store.ts';
import { type HandOutcome, type HandRequest, updateByHand } from './by-hand.ts';
import { imageOf } from './testing/firmware-lab.ts';

const id = '24da-70bf92000001';

/** What a person sees who updates a headset that behaves like this. */
async function update(
  { behaviours = [], family = 'evolve2-75', battery = 80, watched = () => undefined }: Partial<Lab> = {},
  request: Partial<HandRequest> & { readonly to?: string; readonly for?: number } = {},
) {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = virtualDevice({ family, serial: '70BF92000001', behaviours: [...behaviours] });
  if (device.state.battery) device.setBattery(battery, false);
  bus.plug(device);
  watched(device, bus);
  const firmware = readFirmwarePackage(
    buildFirmwarePackage({
      version: request.to ?? '2.3.4',
      dfuProductIds: [request.for ?? 0x24da],
      images: [{ content: imageOf(3000), partition: 1 }],
    }),
  );
  const phases: string[] = [];
  const log = new LogBook();
  const context = { clock, entropy: steadyEntropy(), log, store: openMemoryStore(), hid: bus.port(), operatorMappings: [] };
  const outcome: HandOutcome = await clock.complete(
    updateByHand(context, {
      deviceId: id,
      firmware,
      digest: 'abc',
      allowDowngrade: false,
      signal: new AbortController().signal,
      onBegin: ({ from, to }) => phases.push(`${from} ${to}`),
      onProgress: (phase: UpdatePhase | 'restoring') => phases.includes(phase) || phases.push(phase),
      ...request,
    }),
  );
  expect(log.errors).toEqual([]);
  expect(clock.pendingTimers).toBe(0);
  return { outcome, phases, device };
}

interface Lab {
  readonly behaviours: readonly Behaviour[];
  readonly family: string;
  readonly battery: number;
  readonly watched: (device: VirtualDevice, bus: VirtualBus) => void;
}

describe('an update by hand', () => {
  it('installs, proves it, and says how far it is', async () => {
    const { outcome, phases, device } = await update();
    expect(outcome).toEqual({ status: 'updated', from: '1.8.13', version: '2.3.4' });
    expect(phases).toEqual(['1.8.13 2.3.4', 'transferring', 'verifying', 'installing', 'restoring']);
    expect(device.state.version).toBe('2.3.4');
  });

  it('installs an older version only when that is allowed, and none that is there already', async () => {
    expect((await update({}, { to: '1.0.2' })).outcome).toMatchObject({ status: 'refused', reason: 'downgrade' });
    expect((await update({}, { to: '1.0.2', allowDowngrade: true })).outcome).toEqual({ status: 'updated', from: '1.8.13', version: '1.0.2' });
    expect((await update({ battery: 5 }, { to: '1.8.13' })).outcome).toEqual({ status: 'current', version: '1.8.13' });
  });

  it.each<[string, Partial<Lab>, Parameters<typeof update>[1], string]>([
    ['a device that is not there', {}, { deviceId: '24da-other' }, 'not-connected'],
    ['a package for another product', {}, { for: 0x24c7 }, 'wrong-package'],
    ['a battery below 30 %', { battery: 29 }, {}, 'battery'],
    ['a battery that does not know its level', { battery: 0 }, {}, 'battery'],
    ['a device that does not tell its version', { behaviours: [refuses(...version, 0xf6)] }, {}, 'not-read'],
    ['a product for which nobody vouches', { family: 'speak-510' }, { deviceId: '0420-70bf92000001', for: 0x0420, to: '9.9.9' }, 'no-way'],
  ])('refuses %s, and writes nothing', async (_what, lab, request, reason) => {
    const { outcome, phases, device } = await update(lab, request);
    expect(outcome).toMatchObject({ status: 'refused', reason });
    expect(phases).toEqual([]);
    expect(device.state.version).not.toBe('2.3.4');
  });

  it('does not begin in a call that it heard begin', async () => {
    let device: VirtualDevice | null = null;
    let isPressed = false;
    // Somebody takes a call while the device is being read.
    const takesCall: Behaviour = {
      name: 'takes a call',
      onPacket: (packet) => {
        if (packet.command === 0x12 && !isPressed) {
          isPressed = true;
          device?.press('line-busy');
        }
        return undefined;
      },
    };
    const watched = (plugged: VirtualDevice): void => {
      device = plugged;
    };
    const { outcome, phases } = await update({ behaviours: [takesCall], watched });
    expect(isPressed).toBe(true);
    expect(outcome).toMatchObject({ status: 'refused', reason: 'in-call' });
    expect(phases).toEqual([]);
  });

  it('is called off as long as that is possible', async () => {
    const cancel = new AbortController();
    const { outcome, device } = await update(
      {},
      {
        signal: cancel.signal,
        onProgress: (phase) => {
          if (phase === 'transferring') cancel.abort();
        },
      },
    );
    expect(outcome).toEqual({ status: 'cancelled' });
    expect(device.state.version).toBe('1.8.13');
  });

  it('says what to do when the device is lost', async () => {
    let pull = (): void => undefined;
    const { outcome } = await update(
      {
        watched: (device, bus) => {
          pull = () => bus.unplug(device);
        },
      },
      {
        onProgress: (phase) => {
          if (phase === 'transferring') pull();
        },
      },
    );
    expect(outcome).toEqual({ status: 'failed', message: 'the device was lost while transferring: plug it in and run the command again' });
  });
});
