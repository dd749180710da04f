import { type FirmwareImage, type FirmwarePackage, FirmwarePackageError, firmwareCrc } from '../images/index.ts';
import { readInfo } from './info/info.ts';
import { defaultFirmwareLimits, type FirmwareLimits } from './limits.ts';
import { readDirectory } from './zip/directory.ts';
import { unpack } from './zip/unpack.ts';

const infoName = 'info.xml';

/**
 * Reads a firmware package: a zip with `info.xml` and the images that it names (facts E10). Every image's check number is computed, and compared where the package states it; files
 * that `info.xml` doesn't name are neither unpacked nor looked at. The bytes may come from anywhere: whatever they are, this returns a package or throws
 * `FirmwarePackageError`, in the time and memory that `limits` allow. A bare `.dfu` for USB DFU is no package.
 */
export function readFirmwarePackage(zip: Uint8Array, limits: Partial<FirmwareLimits> = {}): FirmwarePackage {
  const within: FirmwareLimits = { ...defaultFirmwareLimits, ...limits };
  const entries = readDirectory(zip, within);
  const infoEntry = entries.get(infoName);
  if (!infoEntry) throw new FirmwarePackageError('no-info', 'the zip has no info.xml at its top: this is no firmware package');
  if (infoEntry.unpackedBytes > within.infoBytes) throw new FirmwarePackageError('too-large', `info.xml is larger than ${within.infoBytes} bytes`);
  const { files, ...info } = readInfo(unpack(zip, infoEntry), within);
  // One file may be named for several languages or partitions; it is unpacked and checked once.
  const contents = new Map<string, Pick<FirmwareImage, 'content' | 'crc'>>();
  const images = files.map((file): FirmwareImage => {
    let found = contents.get(file.name);
    if (!found) {
      const entry = entries.get(file.name);
      if (!entry) throw new FirmwarePackageError('missing-file', `info.xml names ${JSON.stringify(file.name)}, which is not in the zip`);
      const content = unpack(zip, entry);
      found = { content, crc: firmwareCrc(content) };
      contents.set(file.name, found);
    }
    if (file.crc !== null && file.crc !== found.crc)
      throw new FirmwarePackageError(
        'wrong-crc',
        `${JSON.stringify(file.name)} has check number ${hex(found.crc)}, info.xml says ${hex(file.crc)}: download the package again`,
      );
    return { ...file, ...found };
  });
  return { ...info, images };
}

const hex = (crc: number): string => `0x${crc.toString(16).padStart(8, '0')}`;
