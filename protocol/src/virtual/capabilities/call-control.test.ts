import { describe, expect, test } from 'vitest';
import { deviceOf, layoutNames } from '../../calls/testing/call-bench.ts';
import { families } from '../../families/index.ts';
import { buildReportDescriptor, HID_COLLECTION, hidItem } from '../../hid/index.ts';
import { virtualDevice } from '../create.ts';
import { bench } from '../testing/bench.ts';
import { CallControl } from './call-control.ts';

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

describe('the hook of a virtual headset', () => {
  test('acknowledges the host’s off-hook LED by following it, once', async () => {
    const { exchange } = await bench({ family: 'evolve2-75' });
    expect(await exchange(leds(offHook))).toEqual(['02 01 00']);
    expect(await exchange(leds(offHook | mute))).toEqual([]);
    expect(await exchange(leds(0))).toEqual(['02 00 00']);
  });

  test('is there already where the press came first', async () => {
    const { device, exchange, heard } = await bench({ family: 'evolve2-75' });
    device.press('hook');
    expect(await heard()).toEqual(['02 01 00']);
    expect(await exchange(leds(offHook))).toEqual([]);
  });

  test('takes a press back after two seconds in which the host didn’t confirm it, to answer and to end', async () => {
    const { device, exchange, heard, clock } = await bench({ family: 'evolve2-75' });
    device.press('hook');
    await clock.advance(1999);
    expect(await heard()).toEqual(['02 01 00']);
    // A ringer that is silenced confirms nothing.
    expect(await exchange(leds(ring))).toEqual([]);
    await clock.advance(1);
    expect(await heard()).toEqual(['02 00 00']);
    await exchange(leds(offHook));
    device.press('hook');
    await clock.advance(2000);
    expect(await heard()).toEqual(['02 00 00', '02 01 00']);
    await clock.advance(10_000);
    expect(await heard()).toEqual([]);
  });

  test('takes nothing back once it was pulled', async () => {
    const { device, bus, clock } = await bench({ family: 'evolve2-75' });
    device.press('hook');
    bus.unplug(device);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('turning a call down', () => {
  test('is the programmable button while it rings, and nothing else', async () => {
    const { device, exchange, heard } = await bench({ family: 'evolve2-75' });
    device.press('reject');
    expect(await heard()).toEqual([]);
    await exchange(leds(ring));
    device.press('reject');
    expect(await heard()).toEqual(['02 40 00', '02 00 00']);
  });

  test('is the hook up and down on a device without that button', async () => {
    const i = hidItem;
    const inputs = [i.reportSize(1), i.reportCount(1), i.input(['variable']), i.reportCount(7), i.input(['constant'])];
    const outputs = [i.reportCount(2), i.output(['variable']), i.reportCount(6), i.output(['constant'])];
    const hook = [i.usagePage(0x0b), i.usage(0x20), i.logicalMinimum(0), i.logicalMaximum(1), ...inputs];
    const lamps = [i.usagePage(0x08), i.usage(0x17), i.usage(0x18), ...outputs];
    const descriptor = buildReportDescriptor([i.usagePage(0x0b), i.usage(0x05), i.collection(HID_COLLECTION.application, [...hook, ...lamps])]);
    const calls = new CallControl(descriptor);
    calls.receive(Uint8Array.of(0, 2));
    expect(calls.press('reject')).toEqual([Uint8Array.of(0, 1), Uint8Array.of(0, 0)]);
    expect(calls.press('programmable')).toBeNull();
  });
});

describe('a virtual device with telephony elsewhere', () => {
  test.each(layoutNames)('(%s) sounds while its ringer is on', async (layout) => {
    const { device, exchange } = await bench(deviceOf(layout));
    const reportId = layout === 'speak510Report3' ? 3 : 2;
    const ringer = { panacast50: 0x40, webhidDemo: 0x20, link380Leds: 0x80, link380Keys: 0x80, speak510Report3: 0x40 }[layout];
    await exchange(Uint8Array.of(reportId, ringer, 0));
    expect([device.calls.sounding, device.calls.ringing]).toEqual([true, false]);
    expect(await exchange(Uint8Array.of(reportId, offHook, 0))).toHaveLength(1);
    expect([device.calls.sounding, device.calls.offHook]).toEqual([false, true]);
  });

  test('ignores lamps in the vendor’s mirror, and says nothing there', async () => {
    const { device, exchange, heard } = await bench(deviceOf('panacast50'));
    expect(await exchange(Uint8Array.of(4, 1, 0))).toEqual([]);
    expect(device.calls.offHook).toBe(false);
    device.press('hook');
    expect(await heard()).toEqual(['02 01 00']);
  });

  test('listens to report 3 only where its telephony is report 3', async () => {
    const { device, exchange } = await bench(deviceOf('speak510Report3'));
    await exchange(Uint8Array.of(2, 1, 0));
    expect(device.calls.offHook).toBe(false);
    expect(await exchange(Uint8Array.of(3, 1, 0))).toEqual(['03 01 00']);
  });
});
