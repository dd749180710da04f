import { idText } from '../messages/message.ts';
import { nackReason, type NackReason } from '../frames/index.ts';

/**
 * - `timeout`: no answer after every attempt
 * - `disconnected`: the device is gone, or its path failed
 * - `rejected`: the device said NACK; `reason` tells why
 * - `malformed`: it answered what the declaration doesn't allow
 * - `unsupported`: it has no verified way to do this, nothing was sent
 * - `cancelled`: the caller no longer wanted it
 */
export type DeviceErrorCode = 'timeout' | 'disconnected' | 'rejected' | 'malformed' | 'unsupported' | 'cancelled';

/** What goes wrong between this library and a device. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  readonly code: DeviceErrorCode;
  /** Only with `rejected`. */
  readonly reason: NackReason | null;

  constructor(code: DeviceErrorCode, message: string, options?: { readonly cause?: unknown; readonly reason?: NackReason }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reason = options?.reason ?? null;
  }
}

/** The device refused a message. */
export function rejection(
  message: { readonly name: string; readonly command: number; readonly subcommand: number },
  reasonByte: number,
): DeviceError {
  const reason = nackReason(reasonByte);
  const hex = reasonByte.toString(16).toUpperCase().padStart(2, '0');
  return new DeviceError('rejected', `the device refused ${message.name} (${idText(message.command, message.subcommand)}): NACK ${hex}, ${reason}`, {
    reason,
  });
}
