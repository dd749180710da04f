export type { FirmwareImage, FirmwarePackage } from '../images/index.ts';
