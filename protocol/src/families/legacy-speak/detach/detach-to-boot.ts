import { mayReachRealDevices } from '../../../messages/message.ts';
import type { Clock } from '../../../session/clock.ts';
import type { HidChannel, HidPathInfo, HidPort } from '../../../session/hid-port.ts';
import type { TargetedDevice } from '../../update/index.ts';
import type { Detach, Product } from '../../types.ts';
import { takesDetachReport } from './find-report.ts';
import { detachProvenance, encodeDetachReport } from './report.ts';

/** How long a Speak may take until it is gone (fwupd plugins/jabra: 20 s). */
export const detachLimitMs = 20_000;

/** What came of telling a Speak to restart in its boot mode. */
export type DetachOutcome =
  /**
   * It restarted. `gone`: its HID paths are, which is all that HID can show of a DFU device; `boot-id`: it shows HID paths under its boot id.
   * Either way USB lists it as `bootProductId`.
   */
  | { readonly status: 'detached'; readonly seen: 'gone' | 'boot-id'; readonly bootProductId: number }
  /** Nobody vouches for how this product is detached; nothing was sent. */
  | { readonly status: 'unsupported' }
  | { readonly status: 'not-plugged' }
  /** None of its paths takes the report; nothing was sent. */
  | { readonly status: 'no-report' }
  /** It is still what it was. `cause`: why the report could not be sent, null where it was. */
  | { readonly status: 'ignored'; readonly cause: Error | null };

export interface DetachRequest {
  readonly port: HidPort;
  readonly clock: Clock;
  readonly device: TargetedDevice;
  /** The row of its product id. */
  readonly product: Product;
}

interface Path {
  readonly info: HidPathInfo;
  readonly channel: HidChannel;
}

const errorOf = (error: unknown): Error => (error instanceof Error ? error : new Error('the report could not be sent', { cause: error }));

/**
 * Tells a Speak to restart in its boot mode, from which it takes firmware over USB DFU (facts E12, fwupd plugins/jabra), and waits until it has left.
 *
 * DFU itself is not part of this library: it is a USB class of its own, which the operating system's or a kept tool speaks (fwupd's dfu plugin,
 * dfu-util). What is not a HID device is not seen here; a boot mode that nobody wants ends with the device's power. The device is
 * not opened again: fwupd found that opening it too early takes it back to where it was.
 *
 * Sends nothing but for products that fwupd's table names, and to paths that take the report. Rejects where the port cannot list, and never for what the device does.
 */
export async function detachToBoot({ port, clock, device, product }: DetachRequest): Promise<DetachOutcome> {
  const { detach } = product;
  if (!detach || product.source !== 'vendor' || !mayReachRealDevices({ provenance: [detachProvenance] })) return { status: 'unsupported' };
  const isMeant = ({ productId, serial, physicalPort }: HidPathInfo): boolean =>
    productId === product.productId && (device.serial === null ? physicalPort === device.physicalPort : serial === device.serial);
  const infos = (await port.list(device.vendorId)).filter(isMeant);
  if (infos.length === 0) return { status: 'not-plugged' };
  const paths = await openTaking(port, infos, detach);
  try {
    if (paths.length === 0) return { status: 'no-report' };
    const gone = whenGone(port, clock, infos, device.vendorId, detach);
    const cause = await send(paths, encodeDetachReport(detach));
    const seen = await gone;
    return seen ? { status: 'detached', seen, bootProductId: detach.bootProductId } : { status: 'ignored', cause };
  } finally {
    await Promise.allSettled(paths.map(({ channel }) => channel.close()));
  }
}

/** Opens the paths that take the report; one that cannot be opened doesn't. */
async function openTaking(port: HidPort, infos: readonly HidPathInfo[], { reportId }: Detach): Promise<Path[]> {
  const paths: Path[] = [];
  for (const info of infos) {
    try {
      const channel = await port.open(info);
      if (takesDetachReport(info, channel.descriptor, reportId)) paths.push({ info, channel });
      else await channel.close();
    } catch {
      // Gone, or another program's.
    }
  }
  return paths;
}

/**
 * Sends the report once: of paths without a descriptor the system refuses those that the report doesn't belong to. An error doesn't mean that it was
 * not received (fwupd ignores it): the device may leave before it acknowledges. Null where a path took it.
 */
async function send(paths: readonly Path[], report: Uint8Array): Promise<Error | null> {
  let failure: Error | null = null;
  for (const { channel } of paths) {
    try {
      await channel.write(report);
      return null;
    } catch (error) {
      failure = errorOf(error);
    }
  }
  return failure;
}

/** How the device was seen to be gone, null where it wasn't in time. */
function whenGone(
  port: HidPort,
  clock: Clock,
  infos: readonly HidPathInfo[],
  vendorId: number,
  { bootProductId }: Detach,
): Promise<'gone' | 'boot-id' | null> {
  const paths = new Set(infos.map(({ path }) => path));
  const ports = new Set(infos.map(({ physicalPort }) => physicalPort));
  return new Promise((resolve) => {
    const end = (seen: 'gone' | 'boot-id' | null): void => {
      timer.cancel();
      unsubscribe();
      resolve(seen);
    };
    const look = async (): Promise<void> => {
      const now = await port.list(vendorId);
      if (now.some(({ productId, physicalPort }) => productId === bootProductId && ports.has(physicalPort))) end('boot-id');
      else if (!now.some(({ path }) => paths.has(path))) end('gone');
    };
    const unsubscribe = port.onChange(() => void look().catch(() => undefined));
    const timer = clock.setTimer(detachLimitMs, () => {
      end(null);
    });
  });
}
