import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CancelSource, DeviceError } from '../../session/index.ts';
import { eventFrom } from '../../session/testing/scripted-channel.ts';
import { faults, type VirtualDevice } from '../../virtual/index.ts';
import { type DongleBench, dongleBench } from './testing/dongle-bench.ts';

const addresses = ['70:BF:92:00:00:01', '70:BF:92:00:00:02', '70:BF:92:00:00:03'] as const;
type HeadsetAddress = (typeof addresses)[number];

const headset = fc.constantFrom(...addresses);

const requests = fc.oneof(
  fc.record({ kind: fc.constantFrom('pair', 'connect', 'disconnect', 'remove'), headset }),
  fc.record({ kind: fc.constantFrom('search', 'clear', 'list', 'child', 'cancel') }),
);
const air = fc.oneof(
  fc.record({ kind: fc.constant('bring'), headset, discoverable: fc.boolean() }),
  fc.record({ kind: fc.constant('take'), headset }),
);
const time = fc.record({ kind: fc.constant('time'), milliseconds: fc.constantFrom(1, 200, 900, 2000, 25_000) });
/** Events that nobody sent: garbage, and connections that are not. */
const lies = fc.oneof(
  fc.record({
    kind: fc.constant('event'),
    subcommand: fc.constantFrom(0x22, 0x23, 0x26, 0x2b),
    payload: fc.uint8Array({ maxLength: 20 }).map((bytes) => [...bytes]),
  }),
  fc.record({
    kind: fc.constant('event'),
    subcommand: fc.constant(0x26),
    payload: fc.tuple(fc.nat(2), fc.constantFrom(0, 1, 4, 5)).map(([number, state]) => [1, 0x70, 0xbf, 0x92, 0, 0, number + 1, 0, 0, state, 0]),
  }),
);
const failures = fc.record({
  kind: fc.constant('fault'),
  fault: fc.constantFrom('timeout', 'nack', 'garbage', 'drop', 'duplicate', 'wrongSequence'),
  count: fc.integer({ min: 1, max: 4 }),
});

type Arbitrated<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Step = Arbitrated<typeof requests> | Arbitrated<typeof air> | Arbitrated<typeof time> | Arbitrated<typeof lies> | Arbitrated<typeof failures>;

/** What a request must have seen to be believed: the headset connected, or not. */
interface Checks {
  readonly connected: (address: HeadsetAddress) => void;
  readonly disconnected: (address: HeadsetAddress) => void;
}

function ask(on: DongleBench, one: Step, signal: CancelSource, checks: Checks): Promise<unknown> | null {
  const { dongle } = on;
  const options = { signal };
  const address = 'headset' in one ? one.headset : addresses[0];
  const connected = (): void => {
    checks.connected(address);
  };
  const disconnected = (): void => {
    checks.disconnected(address);
  };
  const sent: Readonly<Record<string, () => Promise<unknown>>> = {
    pair: () => dongle.pair(address, options).then(connected),
    connect: () => dongle.connect(address, options).then(connected),
    disconnect: () => dongle.disconnect(address, options).then(disconnected),
    remove: () => dongle.remove(address, options).then(disconnected),
    search: () => dongle.search(options),
    clear: () => dongle.clear(options),
    list: () => dongle.pairedList(options),
    child: () => dongle.child(options),
  };
  return sent[one.kind]?.() ?? null;
}

async function play(steps: readonly Step[], end: 'stays' | 'unplugged', isHonest: boolean): Promise<void> {
  const on = await dongleBench();
  const { clock, dongle, radio, device } = on;
  const headsets = new Map<string, VirtualDevice>(addresses.map((address) => [address, on.bring(address)]));
  const [stranger] = headsets.values();
  const of = (address: string): VirtualDevice => headsets.get(address) ?? stranger ?? device;
  const was = { connected: new Set<string>(), disconnected: new Set<string>(addresses) };
  const look = (): void => {
    for (const [address, one] of headsets) (radio.child === one ? was.connected : was.disconnected).add(address);
  };
  const checks: Checks = {
    connected: (address) => {
      look();
      if (isHonest) expect([address, was.connected.has(address)]).toEqual([address, true]);
    },
    disconnected: (address) => {
      look();
      if (isHonest) expect([address, was.disconnected.has(address)]).toEqual([address, true]);
    },
  };
  const outcomes: Promise<unknown>[] = [];
  let signal = new CancelSource();
  for (const one of steps) {
    look();
    const outcome = ask(on, one, signal, checks);
    if (outcome)
      outcomes.push(
        outcome.catch((error: unknown) => {
          if (!(error instanceof DeviceError)) throw error;
        }),
      );
    if (one.kind === 'cancel') {
      signal.cancel();
      signal = new CancelSource();
    }
    if ('discoverable' in one) radio.bring(of(one.headset), { discoverable: one.discoverable });
    if (one.kind === 'take' && 'headset' in one) radio.take(of(one.headset));
    if ('fault' in one) device.behave(faults[one.fault](one.count));
    if ('payload' in one) on.inject(eventFrom(1, 0x0d, one.subcommand, one.payload));
    if ('milliseconds' in one) await clock.advance(one.milliseconds);
  }
  if (end === 'unplugged') on.bus.unplug(device);
  // Each waits for those before it; the longest is a removal that the dongle never carries out, with a disconnection each time.
  await clock.complete(Promise.all(outcomes), (outcomes.length + 1) * 100_000);
  await clock.advance(120_000);
  expect([dongle.isSearching, clock.pendingTimers]).toEqual([false, 0]);
  if (end === 'unplugged') return;
  // What is left of the faults.
  for (let rest = 0; rest < 40; rest += 1) await clock.complete(dongle.pairedList({ timing: { attempts: 1 } }).catch(() => null));
  const { headsets: listed, complete } = await clock.complete(dongle.pairedList());
  expect(complete).toBe(true);
  expect(listed.map(({ address, connected }) => [address.replaceAll(':', ''), connected])).toEqual(
    device.paired.map((one) => [one.serial, one === radio.child]),
  );
}

const ending = fc.constantFrom('stays', 'stays', 'unplugged');

test('a dongle’s requests end in time and leave nothing behind, whatever happens in the air and on the wire', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(requests, requests, air, time, lies, failures), { maxLength: 25 }), ending, (steps, end) =>
      play(steps, end, false),
    ),
    { numRuns: 60 },
  );
});

/** A request, and a lie about just this headset while it is under way. */
const contradicted = fc
  .tuple(fc.constantFrom('pair', 'connect', 'disconnect'), fc.nat(2), fc.constantFrom(1, 4))
  .map(([kind, number, state]): readonly Step[] => [
    { kind, headset: addresses[number] ?? addresses[0] },
    { kind: 'time', milliseconds: 1 },
    { kind: 'event', subcommand: 0x26, payload: [1, 0x70, 0xbf, 0x92, 0, 0, number + 1, 0, 0, state, 0] },
    { kind: 'time', milliseconds: 200 },
  ]);
const single = fc.oneof(requests, air, time, lies).map((one): readonly Step[] => [one]);

test('a connection is believed only where there was one, whatever events say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(contradicted, single, single), { maxLength: 12 }), (steps) => play(steps.flat(), 'stays', true)),
    { numRuns: 60 },
  );
});
