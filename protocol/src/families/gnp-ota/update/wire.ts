import { Command, type Packet } from '../../../frames/index.ts';
import {
  maxBlockLength,
  updateBlock,
  updateBlockAcknowledged,
  updateCommit,
  updateCrc,
  updateCrcExtended,
  updateErased,
  updatePartition,
  updateStart,
  updateVerified,
  updateVersion,
} from '../../../messages/firmware.ts';
import { tryDecodePayload } from '../../../messages/message.ts';
import type { UpdateConnection } from '../../update/index.ts';
import { blockNumber, type BlockNumbers, type BlockWindow } from './block-numbers.ts';
import { type UpdateEffect, type UpdateInput, updateLimits } from './machine/index.ts';
import { acknowledgedEvery, type PlannedImage, type UpdatePlan } from './plan.ts';

/** Sent once, and listened for as long as fwupd does (facts E7): a device that restarted unnoticed would take a repetition for something else. */
const once = { attempts: 1, receiveMs: updateLimits.answerMs } as const;

/** Writes what a step of the update is about. Rejects with `DeviceError`. */
export function writeStep(
  { session, address }: UpdateConnection,
  what: Extract<UpdateEffect, { readonly kind: 'write' }>['what'],
  { protocol, version }: UpdatePlan,
  { partition, crc, blocks }: PlannedImage,
): Promise<void> {
  const window = acknowledgedEvery;
  switch (what) {
    case 'partition':
      return session.write(updatePartition, address, partition, { timing: once });
    case 'start':
      return session.write(updateStart, address, undefined, { timing: once });
    case 'crc':
      return protocol === 16
        ? session.write(updateCrcExtended, address, { crc, noBlocks: undefined, window, blocks }, { timing: once })
        : session.write(updateCrc, address, { crc, blocks, window }, { timing: once });
    case 'version':
      return session.write(updateVersion, address, version, { timing: once });
    case 'commit':
      return session.write(updateCommit, address, undefined, { timing: once });
  }
}

/** Sends blocks, all at once: waiting for each would cost a turn of the system's queue. Resolves when all have left, rejects with `DeviceError`. */
export function sendBlocks(
  { session, address }: UpdateConnection,
  { content }: PlannedImage,
  { from, to }: BlockWindow,
  numbers: BlockNumbers,
): Promise<void> {
  const blocks = Array.from({ length: to - from + 1 }, (_, place) => {
    const index = from + place;
    // A view: an image is not copied to be sent.
    return { number: blockNumber(index, numbers), data: content.subarray(index * maxBlockLength, (index + 1) * maxBlockLength) };
  });
  return session.postAll(updateBlock, address, blocks);
}

/** What an event of the device tells the machine; null for battery reports and all else. */
export function inputOf({ command, subcommand, payload }: Packet): UpdateInput | null {
  if (command !== Command.firmware) return null;
  if (subcommand === updateErased.subcommand) return { kind: 'erased' };
  if (subcommand === updateVerified.subcommand) return { kind: 'verified' };
  const number = subcommand === updateBlockAcknowledged.subcommand ? tryDecodePayload(updateBlockAcknowledged.event, payload) : null;
  return number === null ? null : { kind: 'block', number };
}
