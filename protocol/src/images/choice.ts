import { FirmwarePackageError } from './errors.ts';
import type { FirmwareImage, FirmwarePackage } from './image.ts';

/** Windows' id of US English: the only language that fwupd installs, and the one that every package seen has. */
export const englishUs = 0x0409;

const named = ({ name }: FirmwareImage): string => `"${name}"`;
const languageName = (language: number): string => `0x${language.toString(16).padStart(4, '0')}`;

/**
 * What an updater sends, in the order of the package: the images of one language and those that are for all, at most one per partition.
 * Throws `FirmwarePackageError` `no-image` and `ambiguous-image`; nothing says which of two images for one partition would be right.
 */
export function imagesFor(firmware: FirmwarePackage, { language = englishUs }: { readonly language?: number } = {}): readonly FirmwareImage[] {
  const chosen = firmware.images.filter((image) => image.language === null || image.language === language);
  if (chosen.length === 0)
    throw new FirmwarePackageError(
      'no-image',
      `${firmware.productName} ${firmware.version} has no image for language ${languageName(language)}; choose one of ${languagesOf(firmware)}`,
    );
  const byPartition = new Map<number, FirmwareImage>();
  for (const image of chosen) {
    const other = byPartition.get(image.partition);
    if (other)
      throw new FirmwarePackageError(
        'ambiguous-image',
        `${named(other)} and ${named(image)} are both for partition ${image.partition} and language ${languageName(language)}`,
      );
    byPartition.set(image.partition, image);
  }
  return chosen;
}

function languagesOf({ images }: FirmwarePackage): string {
  const languages = new Set(images.map(({ language }) => language).filter((language) => language !== null));
  return [...languages].map(languageName).join(', ');
}
