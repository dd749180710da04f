import { CallControl, CallLock, jabraVendorId } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';

const clock = new VirtualClock();
const bus = new VirtualBus(clock);
const headset = virtualDevice({ family: 'evolve2-75' });
bus.plug(headset);

// A softphone: it owns the headset's calls as long as it holds the lease. A headset is the physical port of its paths.
const paths = [];
for (const info of await bus.list(jabraVendorId)) paths.push({ info, channel: await bus.open(info) });
const [first] = paths;
if (!first) throw new Error('no headset is plugged in');
const lease = await new CallLock().acquire(first.info.physicalPort);
if (!lease) throw new Error('another program owns the calls of this headset');
const calls = await CallControl.open({ paths, clock, lease });

calls.onStatus(({ state, muted }) => console.log(`the call is ${state}${muted ? ', muted' : ''}`));
calls.onRequest((request) => {
  console.log(`the headset asks: ${request.kind}`);
  // Mute needs no answer: the headset has its echo already.
  if (request.kind === 'answer') void calls.answer();
  if (request.kind === 'end') void calls.hangUp();
  if (request.kind === 'reject') void calls.reject();
});

// Somebody calls; the person who wears the headset does the rest.
await calls.ring();
headset.press('hook');
await clock.advance(1000);
headset.press('mute');
await clock.advance(1000);
headset.press('mute');
await clock.advance(1000);
headset.press('hook');
await clock.advance(1000);
console.log(`the headset is ${headset.calls.offHook ? 'in a call' : 'free'}`);

await calls.close();
await lease.release();
await bus.close();
