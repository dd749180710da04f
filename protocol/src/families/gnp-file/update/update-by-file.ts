import { toHex } from '../../../bytes/index.ts';
import { parseVersion } from '../../../images/index.ts';
import type { Digest, UpdateHost, UpdateOutcome, UpdateProgress } from '../../update/index.ts';
import { fileBlockLength } from '../../../messages/file.ts';
import type { Product } from '../../types.ts';
import { takesFiles } from '../generation.ts';
import { FileUpdateExecutor } from './executor.ts';
import { type FileUpdateNext, type FileUpdatePlan, type FileUpdateState, initialState, nextState, resumedState } from './machine.ts';
import { startedAgo } from './note.ts';

/** An upgrade file, as a firmware package holds it. */
export interface UpgradeFile {
  /** The bytes of `upgrade.zip`. */
  readonly content: Uint8Array;
  /** What the device says afterwards, "X.Y.Z". */
  readonly version: string;
  /** The DFU product ids that it is for. */
  readonly dfuProductIds: readonly number[];
}

export interface FileUpdateHost extends UpdateHost {
  /** The row of the device's USB product id: only products whose update somebody vouches for are written to. */
  readonly product: Product;
  readonly digest: Digest;
}

/** The size goes into 32 bits. */
const largest = 0xffff_ffff;

/**
 * Updates a video bar by file: GNP 03, 07/03 and 26/1D (facts E11, fwupd jabra-file). The device takes the file while it goes on working, which may be
 * hours for hundreds of megabytes; then it is away for up to a quarter of an hour.
 *
 * A file that the device holds already is not sent again, so that an update that was interrupted or cancelled goes on where a whole file lies there, and
 * else begins again. Cancelling counts until the device is told to install; after that the outcome is waited for.
 * With a journal a process that ended while the device installed goes on waiting.
 *
 * Rejects where the journal does, and never for what a device or its port does.
 */
export async function updateByFile(file: UpgradeFile, host: FileUpdateHost): Promise<UpdateOutcome> {
  const size = file.content.length;
  if (!takesFiles(host.product)) return { status: 'refused', reason: 'unsupported' };
  if (size === 0 || size > largest || !parseVersion(file.version)) return { status: 'refused', reason: 'unusable-firmware' };
  const plan: FileUpdatePlan = { version: file.version, dfuProductIds: file.dfuProductIds, size, md5: toHex(host.digest.md5(file.content)) };
  const ago = startedAgo(await host.journal?.load(), plan.md5, host.clock.now());
  let next: FileUpdateNext = ago === null ? initialState : resumedState(host.clock.monotonic(), ago);
  const executor = new FileUpdateExecutor(plan, file.content, host);
  try {
    while (next.step !== 'end') {
      host.onProgress?.(progressOf(next, plan));
      const event = await executor.execute(next);
      next = nextState(plan, next, event, host.clock.monotonic());
    }
  } finally {
    await executor.close();
  }
  await host.journal?.clear();
  return next.outcome;
}

function progressOf({ phase, block }: FileUpdateState, { size }: FileUpdatePlan): UpdateProgress {
  const done = phase === 'verifying' || phase === 'installing' ? size : Math.min(size, block * fileBlockLength);
  return { phase, done, total: size };
}
