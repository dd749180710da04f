import {
  type CancelSignal,
  type Clock,
  compareVersions,
  type HidPort,
  minimumBatteryPercent,
  type OperatorMapping,
  type UpdatePhase,
} from '@jpd/protocol';
import type { FirmwarePackage } from '@jpd/protocol/firmware';
import { defaultPolicy } from '../../contract/index.ts';
import type { Entropy, Log, Store } from '../../ports/index.ts';
import { Calls } from '../devices/calls.ts';
import { DeviceManager } from '../devices/device-manager.ts';
import { Discovery } from '../devices/discovery.ts';
import type { DeviceFacts } from '../devices/document.ts';
import type { ManagedDevice } from '../devices/managed-device.ts';
import { parseDesiredRecord, parseDeviceRecord } from '../devices/record.ts';
import { Section } from '../state/section.ts';
import { HidLeases } from './hid-leases.ts';
import { packageError } from './package-check.ts';
import { obstacleOf, plugsOf, type Reach, reachOf } from './reach.ts';
import { UpdateSession } from './session.ts';

export interface HandContext {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** Thrown away afterwards: a memory store. */
  readonly store: Store;
  /** Whoever opened it closes it. */
  readonly hid: HidPort;
  readonly operatorMappings: readonly OperatorMapping[];
}

export interface HandRequest {
  readonly deviceId: string;
  readonly firmware: FirmwarePackage;
  /** SHA-256 of the package. */
  readonly digest: string;
  readonly allowDowngrade: boolean;
  /** Calls it off, unless the device may have been told to install. */
  readonly signal: CancelSignal;
  readonly onBegin: (device: { readonly name: string; readonly from: string; readonly to: string }) => void;
  /** `restoring`: it has the new version, and is being found again. */
  readonly onProgress: (phase: UpdatePhase | 'restoring', percent: number) => void;
}

/** Messages are for a person. */
export type HandOutcome =
  | { readonly status: 'updated'; readonly from: string; readonly version: string }
  /** It ran that version before; nothing was written. */
  | { readonly status: 'current'; readonly version: string }
  /** Nothing was written. */
  | {
      readonly status: 'refused';
      readonly reason: 'not-connected' | 'not-read' | 'no-way' | 'wrong-package' | 'downgrade' | 'battery' | 'in-call';
      readonly message: string;
    }
  /** The device runs what it ran. */
  | { readonly status: 'cancelled' }
  | { readonly status: 'failed'; readonly message: string };

type Refusal = Extract<HandOutcome, { readonly status: 'refused' }>;

/** Updates one device on a person's word, without a platform; nothing else is written, and nothing is kept. Rejects where devices cannot be listed. */
export async function updateByHand(context: HandContext, request: HandRequest): Promise<HandOutcome> {
  const { clock, log, entropy, store, operatorMappings } = context;
  const hid = new HidLeases(context.hid, clock);
  const calls = new Calls({ hid, clock, log });
  const devices = new DeviceManager({
    clock,
    log,
    records: await Section.load(store, 'devices', parseDeviceRecord, log),
    desired: await Section.load(store, 'desired', parseDesiredRecord, log),
    policy: () => defaultPolicy,
    commit: (writes) => store.commit(writes),
    publish: () => undefined,
    sha256: (text) => entropy.sha256(text),
  });
  const discovery = new Discovery({ hid, clock, log, operatorMappings, listener: devices, calls });
  try {
    await discovery.start();
    await devices.settle();
    if (discovery.failure) throw discovery.failure;
    return await update({ ...context, hid, devices, calls }, request);
  } finally {
    await devices.stop();
    await discovery.stop();
  }
}

interface Bench extends Omit<HandContext, 'hid'> {
  readonly hid: HidLeases;
  readonly devices: DeviceManager;
  readonly calls: Calls;
}

async function update(bench: Bench, request: HandRequest): Promise<HandOutcome> {
  const { devices } = bench;
  const { deviceId, firmware } = request;
  const device = devices.device(deviceId);
  const reach = device && reachOf(device.routes.values());
  const facts = device?.facts;
  if (!device?.isReachable || !facts) return refused('not-connected', notConnected(deviceId, devices));
  if (!reach) return refused('no-way', obstacleOf(device.routes.values()) ?? 'this device is not connected in a way in which it can be updated');
  const from = facts.version;
  if (from === null) return refused('not-read', 'the device did not say which version it runs: plug it in anew and try again');
  const refusal = objection(bench, { device, reach, facts, from }, request);
  if (refusal) return refusal;
  if (compareVersions(from, firmware.version) === 0) return { status: 'current', version: from };
  request.onBegin({ name: facts.model.name, from, to: firmware.version });
  return run(bench, { device, reach, from }, request);
}

interface Target {
  readonly device: ManagedDevice;
  readonly reach: Reach;
  readonly facts: DeviceFacts;
  readonly from: string;
}

/** Why it must not begin, null where it may. What is wrong with the package comes before what passes by itself. */
function objection({ calls }: Bench, { device, reach, facts, from }: Target, { firmware, allowDowngrade }: HandRequest): Refusal | null {
  const { dfuProductId } = facts.model;
  const wrong = packageError(firmware, { dfuProductId, version: firmware.version, isOneFile: reach.way === 'file-transfer' });
  if (wrong) return refused('wrong-package', wrong.message);
  const order = compareVersions(firmware.version, from);
  if (order === 0) return null;
  if (order === null || order < 0) {
    const why = order === null ? 'nobody can tell which is newer' : 'the package is older';
    if (!allowDowngrade)
      return refused('downgrade', `the device runs ${from}, the package holds ${firmware.version}, and ${why}: --allow-downgrade installs it`);
  }
  const { battery } = facts;
  if (battery?.level === null) return refused('battery', 'the device does not know how full its battery is: charge it and try again');
  if (battery && battery.level < minimumBatteryPercent)
    return refused('battery', `the battery is at ${battery.level} %, an update needs ${minimumBatteryPercent} %: charge it and try again`);
  if (calls.isInCall(plugsOf(device.routes.values()))) return refused('in-call', 'the device is in a call: end it and try again');
  return null;
}

async function run(bench: Bench, { device, reach, from }: Omit<Target, 'facts'>, request: HandRequest): Promise<HandOutcome> {
  const { entropy, clock, hid, devices, calls } = bench;
  const { firmware, digest, signal, onProgress } = request;
  const session = new UpdateSession(
    {
      clock,
      hid,
      devices: () => devices,
      md5: entropy,
      mayWrite: () => !calls.isInCall(plugsOf(device.routes.values())),
      journal: memoryJournal(),
      onProgress,
      onAway: () => undefined,
      onRestoring: () => {
        onProgress('restoring', 100);
      },
    },
    device,
  );
  const cancel = (): void => {
    session.cancel();
  };
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  const result = await session.run({ firmware, digest, way: reach.way, address: reach.address }, reach);
  signal.removeEventListener('abort', cancel);
  switch (result.kind) {
    case 'updated':
      return { status: 'updated', from, version: result.version };
    case 'cancelled':
      return { status: 'cancelled' };
    case 'forbidden':
      return refused('in-call', 'the device is in a call: end it and try again');
    case 'cut-off':
      return { status: 'failed', message: `the device was lost while ${result.phase}: plug it in and run the command again` };
    case 'later':
      return { status: 'failed', message: `${result.message}: run the command again` };
    case 'failed':
      return { status: 'failed', message: result.error.message };
  }
}

/** A run that is killed begins anew: what a device had not begun to install it throws away. */
function memoryJournal() {
  let entry: unknown = null;
  return {
    load: () => Promise.resolve(entry),
    save: (next: unknown) => {
      entry = next;
      return Promise.resolve();
    },
    clear: () => {
      entry = null;
      return Promise.resolve();
    },
  };
}

function notConnected(deviceId: string, devices: DeviceManager): string {
  const connected = devices.documents().filter(({ connection }) => connection.status === 'connected');
  const known = connected
    .map((document) => document.deviceId)
    .toSorted((a, b) => a.localeCompare(b))
    .join(', ');
  return `${deviceId} is not connected: ${known === '' ? 'no Jabra device is' : `${known} ${connected.length === 1 ? 'is' : 'are'}`}`;
}

const refused = (reason: Refusal['reason'], message: string): Refusal => ({ status: 'refused', reason, message });
