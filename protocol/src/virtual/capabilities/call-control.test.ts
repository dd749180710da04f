import { describe, expect, test } from 'vitest';
import { families } from '../../families/index.ts';
import { virtualDevice } from '../create.ts';
import { bench } from '../testing/bench.ts';

/** Report 2 of a headset: off-hook, mute, ring, hold from bit 0 on. */
const leds = (byte: number): Uint8Array => Uint8Array.of(0x02, byte, 0x00);
const offHook = 0x01;
const mute = 0x02;
const ring = 0x04;
const hold = 0x08;

describe('call control of a virtual headset', () => {
  test('asks for a call by the hook switch, and knows it is in one when the host says so', async () => {
    const { device, exchange, heard } = await bench({ family: 'evolve2-75' });
    await exchange(leds(ring));
    expect([device.calls.ringing, device.calls.offHook]).toEqual([true, false]);
    device.press('hook');
    expect(await heard()).toEqual(['02 01 00']);
    expect(device.calls.offHook).toBe(false);
    await exchange(leds(offHook));
    expect([device.calls.ringing, device.calls.offHook]).toEqual([false, true]);
    device.press('hook');
    expect(await heard()).toEqual(['02 00 00']);
    await exchange(leds(offHook | hold));
    expect(device.calls.onHold).toBe(true);
  });

  test('keeps a mute press to itself outside a call', async () => {
    const { device, exchange, heard } = await bench({ family: 'evolve2-75' });
    device.press('mute');
    expect(await heard()).toEqual([]);
    await exchange(leds(mute));
    expect(device.calls.muted).toBe(false);
  });

  test('loses the next mute press until the host has echoed the LED', async () => {
    const { device, exchange, heard } = await bench({ family: 'evolve2-75' });
    await exchange(leds(offHook));
    device.press('mute');
    // Pressed and let go, with the hook switch as it is.
    expect(await heard()).toEqual(['02 05 00', '02 01 00']);
    device.press('mute');
    expect(await heard()).toEqual([]);
    await exchange(leds(offHook | ring));
    device.press('mute');
    expect(await heard()).toEqual([]);
    await exchange(leds(offHook | mute));
    expect(device.calls.muted).toBe(true);
    device.press('mute');
    expect(await heard()).toEqual(['02 05 00', '02 01 00']);
    await exchange(leds(offHook));
    expect(device.calls.muted).toBe(false);
  });

  test('forgets mute and a press that waits when the call ends', async () => {
    const { device, exchange, heard } = await bench({ family: 'evolve2-75' });
    await exchange(leds(offHook));
    device.press('mute');
    await exchange(leds(0), leds(offHook));
    device.press('mute');
    expect(await heard()).toEqual(['02 05 00', '02 01 00']);
  });

  test('sends volume in the consumer report, each press and its end', async () => {
    const { device, heard } = await bench({ family: 'evolve2-75' });
    device.press('volume-up');
    device.press('volume-down');
    expect(await heard()).toEqual(['01 02 00', '01 00 00', '01 01 00', '01 00 00']);
  });

  test('tells of a call on its other line', async () => {
    const { device, heard } = await bench({ family: 'evolve2-75' });
    device.press('line-busy');
    device.press('flash');
    device.press('line-busy');
    expect(await heard()).toEqual(['02 02 00', '02 0A 00', '02 02 00', '02 00 00']);
  });

  test('is the dongle’s for a headset behind one, at the dongle’s own bits', async () => {
    const { device, exchange, heard } = await bench({ family: 'link-380', child: virtualDevice({ family: 'evolve2-65' }) });
    await exchange(leds(offHook));
    device.child?.press('mute');
    // Link 380: hook, busy tone and line come before mute.
    expect(await heard()).toEqual(['02 09 00', '02 01 00']);
    // The second LED of a Link is the speaker's.
    await exchange(leds(offHook | 0x02));
    expect(device.calls.muted).toBe(false);
    await exchange(leds(offHook | 0x04));
    expect(device.calls.muted).toBe(true);
  });

  test('is over when the device was pulled', async () => {
    const { device, bus, exchange } = await bench({ family: 'evolve2-75' });
    await exchange(leds(offHook));
    bus.unplug(device);
    expect(device.calls.offHook).toBe(false);
    expect(() => {
      device.press('hook');
    }).toThrow(expect.objectContaining({ code: 'unplugged' }));
  });

  test.each(families.filter(({ id }) => id !== 'unknown'))('$id has hook, mute and volume', async ({ id }) => {
    const { device, heard } = await bench({ family: id });
    for (const button of ['hook', 'volume-up', 'volume-down'] as const) device.press(button);
    expect((await heard()).length).toBe(5);
  });

  test('ignores LED reports that are too short', async () => {
    const { device, exchange } = await bench({ family: 'evolve2-75' });
    await exchange(Uint8Array.of(0x02), new Uint8Array(0));
    expect(device.calls.offHook).toBe(false);
  });
});
