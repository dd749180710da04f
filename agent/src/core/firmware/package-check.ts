import { compareVersions } from '@jpd/protocol';
import { type FirmwareImage, type FirmwarePackage, imagesFor, packageProblem } from '@jpd/protocol/firmware';
import type { FirmwareError } from '../../contract/index.ts';

/** What a device takes, and what it shall run. */
export interface PackageNeed {
  /** What the device answers to GNP 02/13, null where it refuses. */
  readonly dfuProductId: number | null;
  readonly version: string;
  /** Video bars take one file, everything else an image for each partition. */
  readonly isOneFile: boolean;
}

/** Why a package must not be sent to a device, null where it may. Pure. */
export function packageError(firmware: FirmwarePackage, { dfuProductId, version, isOneFile }: PackageNeed): FirmwareError | null {
  const problem = packageProblem(firmware, { dfuProductId });
  if (problem) {
    const isOthers = problem.reason === 'other-product' || problem.reason === 'unknown-product';
    return { code: isOthers ? 'wrong-device' : 'package-invalid', message: problem.message };
  }
  if (firmware.version !== version && compareVersions(firmware.version, version) !== 0)
    return { code: 'package-invalid', message: `the package holds version ${firmware.version}, version ${version} is desired` };
  if (isOneFile && imagesFor(firmware).length !== 1)
    return { code: 'package-invalid', message: 'this device takes one file, and the package holds several' };
  return null;
}

/** The one file of a package that passed the check. */
export function fileOf(firmware: FirmwarePackage): FirmwareImage {
  const [file] = imagesFor(firmware);
  // `imagesFor` gives one or throws.
  if (!file) throw new RangeError('the package holds no file');
  return file;
}
