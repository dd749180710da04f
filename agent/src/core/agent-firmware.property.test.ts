import type { VirtualDevice } from '@jpd/protocol/virtual';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManagedFirmware } from '../contract/index.ts';
import { childId, FirmwareLab, headsetId, target } from './firmware/testing/firmware-lab.ts';
import { steadyEntropy } from './testing/entropy.ts';

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.oneof(fc.nat(400), fc.nat(4000), fc.nat(90_000)) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('unplug' as const, 'plug' as const, 'power-cut' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('kill' as const, 'restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('offline' as const, 'online' as const, 'cable' as const, 'call' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('battery' as const), level: fc.constantFrom(10, 29, 30, 80) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('window' as const), isOpen: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('ask' as const, 'republish' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A headset, by its cable or behind its dongle, in the hands of chance while it is to be updated. */
class Story {
  readonly rig = new FirmwareLab({ entropy: steadyEntropy(() => 0.5) });
  readonly device: VirtualDevice;
  readonly deviceId: string;
  readonly #dongle: VirtualDevice | null;
  readonly #desired: ManagedFirmware;
  #isInCall = false;
  /** The headset of a dongle hangs on a cable, to the end of the story. */
  #isCabled = false;

  constructor(isBehindDongle: boolean) {
    const pair = isBehindDongle ? this.rig.dongle() : null;
    this.#dongle = pair?.dongle ?? null;
    this.device = pair?.child ?? this.rig.headset();
    this.deviceId = isBehindDongle ? childId : headsetId;
    this.#desired = this.rig.offer({ bytes: 5000 });
  }

  async begin(): Promise<void> {
    await this.rig.lab.start();
    this.rig.policy({});
    await this.rig.clock.advance(500);
    this.rig.desire(this.#desired, this.deviceId);
  }

  async do(next: Step): Promise<void> {
    const { rig, device } = this;
    const { bus, platform, packages } = rig.lab;
    switch (next.kind) {
      case 'wait':
        await rig.clock.advance(next.ms);
        break;
      case 'unplug':
        this.#unplug();
        break;
      case 'plug':
        this.#plug();
        break;
      case 'cable':
        this.#unplug();
        this.#isCabled = this.#dongle !== null;
        if (!bus.isPlugged(device)) bus.plug(device);
        break;
      case 'power-cut':
        device.powerCut();
        break;
      case 'kill':
        await rig.lab.kill();
        await rig.lab.start({}, 100);
        break;
      case 'restart':
        await rig.lab.stop();
        await rig.lab.start({}, 100);
        break;
      case 'offline':
        packages.web.pause();
        platform.break();
        break;
      case 'online':
        packages.web.resume();
        break;
      case 'call':
        this.#call(!this.#isInCall);
        break;
      case 'battery':
        device.setBattery(next.level, false);
        break;
      case 'window':
        rig.policy(next.isOpen ? {} : { updateWindow: { start: '08:00', end: '08:01', days: [] } });
        break;
      case 'ask':
        void rig.firmware.request(this.deviceId);
        break;
      case 'republish':
        rig.desire(this.#desired, this.deviceId);
        break;
    }
  }

  /** Nothing stands in the way any more. */
  async end(): Promise<void> {
    const { rig, device } = this;
    rig.lab.packages.web.resume();
    this.#call(false);
    device.setBattery(80, false);
    this.#plug();
    rig.policy({});
    await rig.clock.advance(1000);
    // What was cut off too often is tried again for a new revision.
    rig.desire(this.#desired, this.deviceId);
    await rig.clock.advance(600_000);
  }

  #call(isInCall: boolean): void {
    if (isInCall === this.#isInCall || !(this.#dongle || this.#isThere)) return;
    (this.#dongle ?? this.device).press('line-busy');
    this.#isInCall = isInCall;
  }

  get #isThere(): boolean {
    // After a power cut it comes back to its cable by itself.
    return this.#isCabled || this.rig.lab.bus.isPlugged(this.device) || this.#dongle?.child === this.device;
  }

  #unplug(): void {
    if (this.#dongle) {
      this.#dongle.detach();
    } else {
      this.#isInCall = false;
      this.rig.lab.bus.unplug(this.device);
    }
  }

  #plug(): void {
    if (this.#isThere) return;
    if (this.#dongle) this.#dongle.attach(this.device);
    else this.rig.lab.bus.plug(this.device);
  }
}

describe('a device that is to be updated', () => {
  it('is in the end, and is told of once, whatever is pulled, killed, refused and asked in between', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 12 }), async (isBehindDongle, steps) => {
        const story = new Story(isBehindDongle);
        const { rig, device, deviceId } = story;
        await story.begin();
        for (const next of steps) await story.do(next);
        await story.end();
        const events = rig.firmwareEvents(deviceId);
        await rig.lab.stop();
        expect({
          version: device.state.version,
          isBricked: device.state.bricked,
          status: rig.lab.platform.retainedOf('devices', deviceId)?.firmware.status,
          updated: events.filter((type) => type === 'firmware.updated').length,
          last: events.at(-1),
          errors: rig.lab.log.errors,
        }).toEqual({ version: target, isBricked: false, status: 'latest', updated: 1, last: 'firmware.updated', errors: [] });
      }),
      { numRuns: 12 },
    );
  });
});
