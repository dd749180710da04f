export {
  englishUs,
  type FirmwareImage,
  type FirmwarePackage,
  FirmwarePackageError,
  type FirmwarePackageErrorCode,
  firmwareCrc,
  imagesFor,
  packageProblem,
  type PackageProblem,
  type PackageTarget,
} from '../images/index.ts';
export { buildFirmwarePackage, type ImageDescription, infoXml, type PackageDescription } from './build.ts';
export { defaultFirmwareLimits, type FirmwareLimits } from './limits.ts';
export { readFirmwarePackage } from './read.ts';
