import { type Clock, type HidPort, jabraVendorId } from '@jpd/protocol';
import { groupPaths } from '../devices/grouping.ts';
import { openSession } from '../devices/open-session.ts';
import { codeOf, describeError, failed, type Judgement, ok, warning } from './check.ts';

/** One rule for USB, one for Bluetooth; `uaccess` gives whoever sits at the computer access, and no one else. */
const udevRule =
  'write the two lines KERNEL=="hidraw*", ATTRS{idVendor}=="0b0e", TAG+="uaccess" and KERNEL=="hidraw*", KERNELS=="0005:0B0E:*", TAG+="uaccess"' +
  ' into /etc/udev/rules.d/70-jabra.rules, run "udevadm control --reload", and plug the device in anew';

export interface HidSurroundings {
  readonly hid: HidPort;
  readonly clock: Clock;
  /** `linux`, `win32` and so on: what to do differs. */
  readonly platform: string;
  /** Rejects where the virtual bus that is configured can't be reached; null where it is real HID. */
  readonly reachBus: (() => Promise<void>) | null;
}

const count = (number: number): string => (number === 1 ? '1 device' : `${number} devices`);

function judgeListing(error: unknown, platform: string): Judgement {
  const missing = codeOf(error) === 'no-library';
  const library = platform === 'linux' ? 'install libusb-1.0 and libudev, and the agent anew' : 'install the agent anew';
  return failed(`the devices cannot be listed: ${describeError(error)}`, missing ? library : 'start the computer anew, and update its USB drivers');
}

/** Loads the driver, lists the devices, and opens each one as the agent would. Nothing is sent to any of them. */
export async function checkHid({ hid, clock, platform, reachBus }: HidSurroundings): Promise<Judgement> {
  if (reachBus !== null) {
    try {
      await reachBus();
    } catch (error) {
      return failed(
        `the virtual bus cannot be reached: ${describeError(error)}`,
        'start it with "jabra-virtual serve --socket PATH", or correct hid.socket; the agent waits for it',
      );
    }
  }
  let paths: Awaited<ReturnType<HidPort['list']>>;
  try {
    paths = await hid.list(jabraVendorId);
  } catch (error) {
    return judgeListing(error, platform);
  }
  const groups = groupPaths(paths);
  const refusals: { readonly name: string; readonly error: unknown }[] = [];
  for (const group of groups) {
    try {
      await (await openSession(hid, group, clock))?.close();
    } catch (error) {
      refusals.push({ name: group.paths[0]?.product ?? group.key, error });
    }
  }
  // What was unplugged between listing and opening is no fault.
  const problems = refusals.filter(({ error }) => codeOf(error) !== 'gone');
  const [first] = problems;
  if (first === undefined)
    return ok(groups.length === 0 ? 'the driver works; no Jabra device is connected' : `${count(groups.length)} can be opened`);
  const message = `${problems.length} of ${count(groups.length)} cannot be opened: ${first.name}: ${describeError(first.error)}`;
  const isPermission = problems.some(({ error }) => codeOf(error) === 'no-permission');
  if (!isPermission) return warning(message, 'end other programs that use the device, and plug it in anew');
  return failed(message, platform === 'linux' ? udevRule : 'run the agent with an account that may open HID devices');
}
