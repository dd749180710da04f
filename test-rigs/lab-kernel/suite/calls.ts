import assert from 'node:assert/strict';
import { CallControl, CallLock, CallObserver, type CallRequest } from '@jpd/protocol';
import { virtualDevice, type VirtualDevice } from '@jpd/protocol/virtual';
import { eventually } from '../../lab/waiting.ts';
import { machineClock } from '../../platform/machine-clock.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { realHid } from './real-hid.ts';
import { driverOf, listed, withDevices } from './with-devices.ts';

/** One call in all its states, `device` the one on the cable, `worn` the one with the buttons; a second program listens. */
async function wholeCall(device: VirtualDevice, worn: VirtualDevice): Promise<void> {
  await withDevices([device], async (hid) => {
    const info = await listed(hid, device);
    assert.equal(await driverOf(info.path), 'jabra');
    const other = realHid();
    const observer = new CallObserver([await other.open(info)], machineClock);
    const seen = (state: 'in-call' | 'idle'): Promise<unknown> =>
      eventually(`the other program sees ${state}`, () => observer.observation.state === state);
    const lease = await new CallLock().acquire(info.physicalPort);
    assert.ok(lease);
    const calls = await CallControl.open({ paths: [{ info, channel: await hid.open(info) }], clock: machineClock, lease });
    const requests: CallRequest[] = [];
    calls.onRequest((request) => requests.push(request));
    const asks = (kind: CallRequest['kind']): Promise<unknown> =>
      eventually(`it asks: ${kind}`, () => requests.findLast((request) => request.kind === kind));
    const shows = (what: string, look: (lamps: VirtualDevice['calls']) => boolean): Promise<unknown> =>
      eventually(`it shows ${what}`, () => look(device.calls));

    await calls.ring();
    await shows('a call that rings', ({ ringing, sounding, offHook }) => ringing && sounding && !offHook);
    worn.press('hook');
    await asks('answer');
    await calls.answer();
    await shows('the call', ({ ringing, sounding, offHook }) => offHook && !ringing && !sounding);
    await seen('in-call');
    worn.press('mute');
    await asks('mute');
    await shows('mute', ({ muted }) => muted);
    assert.equal(calls.status.muted, true);
    worn.press('flash');
    await asks('hold');
    await calls.hold();
    await shows('hold', ({ onHold, offHook, muted }) => onHold && offHook && muted);
    await calls.resume();
    await calls.mute(false);
    await shows('the call again', ({ onHold, offHook, muted }) => offHook && !onHold && !muted);
    worn.press('hook');
    await asks('end');
    await calls.hangUp();
    await shows('nothing', ({ ringing, offHook, muted }) => !ringing && !offHook && !muted);
    await seen('idle');
    observer.close();
    await calls.close();
    await other.close();
  });
}

/** Telephony reports through the kernel's own driver for Jabra; headset and dongle have their controls at different bits. */
export const calls: readonly KernelTest[] = [
  kernelTest('a headset takes a call from ring to hook through the kernel’s Jabra driver, and another program sees it', () => {
    const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
    return wholeCall(headset, headset);
  }),

  kernelTest('a dongle takes a call for the headset behind it through the kernel’s Jabra driver', () => {
    const headset = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
    return wholeCall(virtualDevice({ family: 'link-380', serial: '50C275000001', child: headset }), headset);
  }),
];
