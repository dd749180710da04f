/** Composes the update of one device by hand: `jabra-agent firmware update`. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type FirmwarePackage, FirmwarePackageError, readFirmwarePackage } from '@jpd/protocol/firmware';
import { acquireInstanceLock, openMemoryStore } from '../adapters/store/index.ts';
import { systemClock, systemEntropy } from '../adapters/system/index.ts';
import { type Loaded, openHid } from '../app.ts';
import { type HandOutcome, type HandRequest, updateByHand } from '../core/firmware/by-hand.ts';
import type { Log } from '../ports/index.ts';

export type { HandOutcome } from '../core/firmware/by-hand.ts';

/** The file is none that can be meant. The message says why. */
export class PackageFileError extends Error {
  override readonly name = 'PackageFileError';
  readonly code: 'unreadable' | 'no-package';

  constructor(code: 'unreadable' | 'no-package', message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export type FirmwareUpdate = HandOutcome | { readonly status: 'agent-runs'; readonly pid: number | null };

export interface FirmwareUpdateRequest extends Omit<HandRequest, 'firmware' | 'digest'> {
  readonly file: string;
}

/**
 * Updates one device from a file. A running agent on the same state folder has the devices, and would take the update for something that went wrong with
 * one of them: nothing is done then. Rejects with PackageFileError before anything is asked of a device.
 */
export async function updateFirmwareByHand(
  { configuration, operatorMappings }: Extract<Loaded, { readonly ok: true }>,
  { file, ...request }: FirmwareUpdateRequest,
  log: Log,
): Promise<FirmwareUpdate> {
  const { firmware, digest } = await readPackage(file);
  const lock = await acquireInstanceLock(configuration.stateDir);
  if (!lock.ok) return { status: 'agent-runs', pid: lock.heldBy?.pid ?? null };
  const hid = openHid(configuration.hid, log);
  try {
    const context = { clock: systemClock, entropy: systemEntropy, log, store: openMemoryStore(), hid, operatorMappings };
    return await updateByHand(context, { ...request, firmware, digest });
  } finally {
    await hid.close();
    await lock.release();
  }
}

async function readPackage(file: string): Promise<{ readonly firmware: FirmwarePackage; readonly digest: string }> {
  let content: Buffer;
  try {
    content = await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new PackageFileError('unreadable', `${file} cannot be read (${code})`, error);
  }
  try {
    return { firmware: readFirmwarePackage(content), digest: createHash('sha256').update(content).digest('hex') };
  } catch (error) {
    if (!(error instanceof FirmwarePackageError)) throw error;
    throw new PackageFileError('no-package', `${file} is no firmware package that can be installed`, error);
  }
}
