import { dfuProductId, firmwareVersion, productName, serialNumber, updateProtocol } from '../messages/identity.ts';
import type { Message, ReplyOf } from '../messages/message.ts';
import { DeviceError } from '../session/errors.ts';
import type { RequestOptions, Session } from '../session/session.ts';

/** What a device says of itself; null where it refuses to say or doesn't answer. */
export interface DeviceIdentity {
  readonly name: string | null;
  /** As the device gives it. */
  readonly serial: string | null;
  readonly version: string | null;
  readonly dfuProductId: number | null;
  /** 7 or 16 are known (facts E4). */
  readonly updateProtocol: number | null;
  /** False where a part is missing only because the device didn't answer in time: worth another try. */
  readonly complete: boolean;
}

/** Reads one message; a refusal is null, silence is null and noted, a lost device throws. */
async function readOrNull<M extends Message>(
  session: Session,
  address: number,
  message: M,
  options: RequestOptions,
  unanswered: string[],
): Promise<ReplyOf<M> | null> {
  try {
    return await session.read<M>(message, address, options);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    if (error.code === 'rejected') return null;
    if (error.code !== 'timeout' && error.code !== 'malformed') throw error;
    unanswered.push(message.name);
    return null;
  }
}

const textOrNull = (value: string | null): string | null => (value === null || value.trim() === '' ? null : value.trim());

/** Reads a device's identity, one message after another. Rejects with `DeviceError` `disconnected` or `cancelled` only. */
export async function readIdentity(session: Session, address: number, options: RequestOptions = {}): Promise<DeviceIdentity> {
  const unanswered: string[] = [];
  const name = textOrNull(await readOrNull(session, address, productName, options, unanswered));
  const serial = textOrNull(await readOrNull(session, address, serialNumber, options, unanswered));
  const version = textOrNull(await readOrNull(session, address, firmwareVersion, options, unanswered));
  const dfu = await readOrNull(session, address, dfuProductId, options, unanswered);
  const protocol = await readOrNull(session, address, updateProtocol, options, unanswered);
  return { name, serial, version, dfuProductId: dfu, updateProtocol: protocol, complete: unanswered.length === 0 };
}
