import { describe, expect, test } from 'vitest';
import { callBench } from './testing/call-bench.ts';

describe('mute', () => {
  test('is echoed at once, so that the next press isn’t lost; a host that doesn’t echo loses it', async () => {
    const { device, calls, requests, paths, clock } = await callBench('webhidDemo');
    await calls.dial();
    device.press('mute');
    device.press('mute');
    expect(await requests()).toEqual([{ kind: 'mute', muted: true, accepted: true }]);
    expect(device.calls.muted).toBe(true);
    // Somebody else's device: nobody listens, so the press waits for its LED, and the second press stays in the device.
    await calls.close();
    const heard: string[] = [];
    paths[0]?.channel.onReport((report) => heard.push([...report].join()));
    await paths[0]?.channel.write(Uint8Array.of(2, 1, 0));
    device.press('mute');
    device.press('mute');
    await clock.settle();
    expect(heard.filter((report) => report === '2,5,0')).toHaveLength(1);
  });

  test('can be vetoed: the device gets its echo and then the truth, and its next press counts', async () => {
    const asked: boolean[] = [];
    const on = await callBench('panacast50', {
      confirmMute: (muted) => {
        asked.push(muted);
        return false;
      },
    });
    await on.calls.dial();
    on.written();
    for (let press = 0; press < 2; press += 1) {
      on.device.press('mute');
      expect(await on.requests()).toEqual([{ kind: 'mute', muted: true, accepted: false }]);
      expect([on.device.calls.muted, on.calls.status.muted]).toEqual([false, false]);
    }
    expect([asked, on.written()]).toEqual([
      [true, true],
      ['02 03 00', '02 01 00', '02 03 00', '02 01 00'],
    ]);
    expect(on.statuses.filter(({ muted }) => muted)).toEqual([]);
  });

  test('by the host that crosses a press on the device is one wish, not two', async () => {
    const { device, calls, requests, clock } = await callBench();
    await calls.dial();
    device.press('mute');
    const muting = calls.mute(true);
    expect(await requests()).toEqual([]);
    await muting;
    expect([calls.status.muted, device.calls.muted]).toEqual([true, true]);
    await clock.advance(100);
    device.press('mute');
    expect(await requests()).toEqual([{ kind: 'mute', muted: false, accepted: true }]);
  });

  test('by the host that a press follows at once stays, and the device still gets the echo that it waits for', async () => {
    const { device, calls, requests, clock, written } = await callBench();
    await calls.dial();
    await calls.mute(true);
    written();
    device.press('mute');
    expect(await requests()).toEqual([]);
    expect([calls.status.muted, device.calls.muted, written()]).toEqual([true, true, ['02 01 00', '02 03 00']]);
    await clock.advance(100);
    device.press('mute');
    expect(await requests()).toEqual([{ kind: 'mute', muted: false, accepted: true }]);
  });

  test('makes no sense outside a call, and begins anew with each', async () => {
    const { device, calls, requests } = await callBench();
    await expect(calls.mute(true)).rejects.toMatchObject({ code: 'wrong-state' });
    await calls.ring();
    await expect(calls.mute(true)).rejects.toMatchObject({ code: 'wrong-state' });
    await calls.answer();
    device.press('mute');
    await requests();
    await calls.hangUp();
    await calls.dial();
    expect([calls.status.muted, device.calls.muted]).toEqual([false, false]);
  });

  test('pressed while it rings is a button like others', async () => {
    const { calls, requests, say } = await callBench();
    await calls.ring();
    // A device that doesn't keep it to itself.
    say(2, 8, 0);
    expect(await requests()).toEqual([{ kind: 'button', button: 'mute' }]);
  });
});

describe('the hook of a headset', () => {
  test('that nobody acts on goes back, to answer and to end', async () => {
    const { device, calls, requests, clock } = await callBench();
    await calls.ring();
    device.press('hook');
    await clock.advance(2000);
    expect(await requests()).toEqual([{ kind: 'answer' }, { kind: 'withdrawn', of: 'answer' }]);
    device.press('hook');
    await calls.answer();
    await requests();
    device.press('hook');
    await clock.advance(2000);
    expect(await requests()).toEqual([{ kind: 'end' }, { kind: 'withdrawn', of: 'end' }]);
    expect(calls.status.state).toBe('active');
    device.press('hook');
    expect(await requests()).toEqual([{ kind: 'end' }]);
  });

  test('asks for a line while nothing goes on', async () => {
    const { device, calls, requests, clock } = await callBench();
    device.press('hook');
    expect(await requests()).toEqual([{ kind: 'call' }]);
    await calls.dial();
    await clock.advance(5000);
    expect(await requests()).toEqual([]);
    await calls.hangUp();
    device.press('hook');
    await clock.advance(5000);
    expect(await requests()).toEqual([{ kind: 'call' }, { kind: 'withdrawn', of: 'call' }]);
  });

  test('pressed just after the caller gave up asks for nothing', async () => {
    const { device, calls, requests, clock } = await callBench();
    await calls.ring();
    await calls.hangUp();
    await clock.advance(400);
    device.press('hook');
    expect(await requests()).toEqual([{ kind: 'late' }]);
    await clock.advance(3000);
    expect(await requests()).toEqual([]);
  });

  test('twice before the owner answered turns the call down', async () => {
    const { device, calls, requests } = await callBench();
    await calls.ring();
    device.press('hook');
    device.press('hook');
    expect(await requests()).toEqual([{ kind: 'answer' }, { kind: 'reject' }]);
  });

  test('pressed while the host answers is one answer; pressed while it hangs up is one end', async () => {
    const { device, calls, requests, clock } = await callBench();
    await calls.ring();
    const answering = calls.answer();
    device.press('hook');
    await answering;
    await clock.advance(5000);
    expect(await requests()).toEqual([]);
    expect([calls.status.state, device.calls.offHook]).toEqual(['active', true]);
    const ending = calls.hangUp();
    device.press('hook');
    await ending;
    await clock.advance(5000);
    expect(await requests()).toEqual([]);
    expect([calls.status.state, device.calls.offHook]).toEqual(['idle', false]);
  });

  test('acknowledges quick verbs, none of which ends the call', async () => {
    const { device, calls, requests, clock } = await callBench();
    await Promise.all([calls.dial(), calls.hangUp(), calls.dial(), calls.connected(), calls.hold(), calls.resume(), calls.hold(), calls.resume()]);
    await clock.advance(5000);
    expect(await requests()).toEqual([]);
    expect([calls.status.state, device.calls.offHook]).toEqual(['active', true]);
  });

  test('whose press came in the place of an acknowledgement is heard a second later', async () => {
    const on = await callBench();
    // A headset that doesn't show so short a call at all, and is then asked for a line.
    on.device.calls.receive = () => undefined;
    await Promise.all([on.calls.dial(), on.calls.hangUp()]);
    on.say(2, 1, 0);
    expect(await on.requests()).toEqual([]);
    await on.clock.advance(1000);
    expect(await on.requests()).toEqual([{ kind: 'call' }]);
  });
});

describe('other requests', () => {
  test('are redial, speed dial, the other line, keys and buttons, and change nothing', async () => {
    const { device, requests, say, calls } = await callBench('webhidDemo');
    for (const button of ['redial', 'speed-dial', 'line-busy', 'flash', 'line-busy', 'programmable', 'volume-down'] as const) device.press(button);
    say(2, 0, 3);
    expect(await requests()).toEqual([
      { kind: 'redial' },
      { kind: 'speedDial' },
      { kind: 'lineBusy', busy: true },
      { kind: 'button', button: 'flash' },
      { kind: 'lineBusy', busy: false },
      { kind: 'button', button: 'programmable' },
      { kind: 'button', button: 'volumeDown' },
      { kind: 'key', key: '5' },
    ]);
    expect(calls.status.state).toBe('idle');
  });
});
