import { type Clock, type DeviceAction, DeviceError, type GnpDevice, type RequestOptions } from '@jpd/protocol';
import type { DeviceDocument } from '../../contract/index.ts';
import { type CommandOutcome, type CommandProgress, type CommandRunner, notSupported } from '../commands.ts';
import type { DeviceManager } from '../devices/device-manager.ts';
import type { ManagedDevice } from '../devices/managed-device.ts';
import { failed, notConnected, refused, succeeded, unknownDevice } from './outcomes.ts';

/** A device that starts anew is back within this; as long as fwupd waits for a headset behind a dongle (facts E7), and some more for a video bar. */
const backMs = 120_000;
/** Long enough to walk through a room. */
const identifySeconds = 10;

export interface DeviceActionsContext {
  readonly clock: Clock;
  readonly devices: Pick<DeviceManager, 'device' | 'documents'>;
  /** Somebody speaks through it, or through what is behind it. */
  readonly isInCall: (deviceId: string) => boolean;
}

const inCall = refused('in-call', 'the device is in a call');
const busy = refused('busy', 'the device is being updated');

const deviceErrors: Readonly<Partial<Record<DeviceError['code'], CommandOutcome>>> = {
  timeout: failed('device-timeout', 'the device did not answer'),
  rejected: failed('device-rejected', 'the device refused'),
  malformed: failed('device-rejected', 'the device gave an answer that is none'),
  unsupported: notSupported('there is no verified way to do this on this device'),
};

/** The device, the dongle before it and the headset behind it: what is done to the one happens to the other. */
function involved({ devices }: DeviceActionsContext, deviceId: string): readonly DeviceDocument[] {
  const documents = devices.documents();
  const parentId = documents.find((document) => document.deviceId === deviceId)?.connection.parentDeviceId ?? null;
  return documents.filter(({ deviceId: id, connection }) => id === deviceId || id === parentId || connection.parentDeviceId === deviceId);
}

const isUpdating = (context: DeviceActionsContext, deviceId: string): boolean =>
  involved(context, deviceId).some(({ firmware }) => firmware.status === 'updating');

const isInCall = (context: DeviceActionsContext, deviceId: string): boolean =>
  involved(context, deviceId).some((document) => context.isInCall(document.deviceId));

/** Finds the device and whether it has a way to do it, then does it. */
async function act(
  context: DeviceActionsContext,
  action: DeviceAction,
  deviceId: string | undefined,
  work: (device: ManagedDevice) => Promise<CommandOutcome>,
): Promise<CommandOutcome> {
  if (deviceId === undefined) return notSupported(`${action}-device needs a deviceId`);
  const device = context.devices.device(deviceId);
  if (!device) return unknownDevice;
  // Nobody reaches it while it is updated.
  if (isUpdating(context, deviceId)) return busy;
  if (!device.isReachable) return notConnected;
  if (!device.canDo(action)) return notSupported(`there is no verified way to ${action} this device`);
  try {
    return await work(device);
  } catch (error) {
    const outcome = error instanceof DeviceError ? deviceErrors[error.code] : undefined;
    if (outcome) return outcome;
    throw error;
  }
}

const ask = (device: ManagedDevice, work: (device: GnpDevice, options: RequestOptions) => Promise<void>, done: CommandOutcome) =>
  device.ask(work).then((isDone) => (isDone ? done : notConnected));

/** Sends it away and waits until it is back. */
async function reboot(context: DeviceActionsContext, device: ManagedDevice, progress: CommandProgress): Promise<CommandOutcome> {
  const { deviceId } = device;
  if (isInCall(context, deviceId)) return inCall;
  progress.accepted();
  const back = whenBack(context.clock, device);
  try {
    // A call may have come while other work on the device was finished.
    const asked = await device.ask(async (gnp, options) => {
      if (isInCall(context, deviceId)) throw new InCallError();
      await gnp.reboot(options);
    });
    if (!asked) return notConnected;
    progress.running();
    return (await back.came) ? succeeded : failed('device-timeout', `the device did not come back within ${backMs / 1000} s`);
  } catch (error) {
    if (error instanceof InCallError) return inCall;
    throw error;
  } finally {
    back.end();
  }
}

class InCallError extends Error {
  override readonly name = 'InCallError';
}

/** `came` resolves with true when the device left and came again, with false where that takes too long. */
function whenBack(clock: Clock, device: ManagedDevice): { readonly came: Promise<boolean>; readonly end: () => void } {
  let end = (): void => undefined;
  const came = new Promise<boolean>((resolve) => {
    let hasLeft = false;
    const unsubscribe = device.onConnection((isConnected) => {
      hasLeft ||= !isConnected;
      if (isConnected && hasLeft) resolve(true);
    });
    const timer = clock.setTimer(backMs, () => {
      resolve(false);
    });
    end = () => {
      unsubscribe();
      timer.cancel();
    };
  });
  return { came, end };
}

/** `reboot-device` and `identify-device`: only where there is a verified way, so far on virtual devices. */
export function deviceActions(context: DeviceActionsContext): Readonly<Record<'reboot-device' | 'identify-device', CommandRunner>> {
  return {
    'reboot-device': ({ deviceId }, progress) => act(context, 'reboot', deviceId, (device) => reboot(context, device, progress)),
    'identify-device': ({ deviceId }) =>
      act(context, 'identify', deviceId, (device) => ask(device, (gnp, options) => gnp.identify(identifySeconds, options), succeeded)),
  };
}
