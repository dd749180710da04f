import { deflateSync, zipSync, type Zippable } from 'fflate';
import { encodeUtf8 } from '../bytes/index.ts';
import { englishUs, firmwareCrc } from '../images/index.ts';
import { defaultFirmwareLimits } from './limits.ts';

/** An image of a package to build. */
export interface ImageDescription {
  readonly content: Uint8Array;
  readonly partition: number;
  /** `image-<partition>.bin` by default. */
  readonly name?: string;
  /** The content's own by default. */
  readonly crc?: number;
  /** The package's by default. */
  readonly version?: string;
  /** "headset" by default. */
  readonly target?: string;
  /** Windows language id, US English by default; null leaves it out. */
  readonly language?: number | null;
}

/** A package to build. Nothing is checked, so that wrong packages can be built as well. */
export interface PackageDescription {
  readonly version: string;
  readonly dfuProductIds: readonly number[];
  readonly images: readonly ImageDescription[];
  /** "Virtual" by default. */
  readonly productName?: string;
  /** "2026-01-05" by default; null leaves it out. */
  readonly releaseDate?: string | null;
  /** Written in place of the `info.xml` that follows from all the rest. */
  readonly infoXml?: string;
}

/** Entries carry the earliest time that a zip can state, so that the same description gives the same bytes. */
const mtime = (): Date => new Date(1980, 0, 1);

/**
 * Builds a firmware package as the vendor's are, for tests, rigs and virtual devices; the same description gives the same bytes.
 * Images that Deflate shrinks more than the reader's limits allow (all zeros, say) are stored.
 */
export function buildFirmwarePackage(description: PackageDescription): Uint8Array {
  const entries: Zippable = { 'info.xml': encodeUtf8(description.infoXml ?? infoXml(description)) };
  for (const image of description.images) entries[nameOf(image)] = [image.content, { level: shrinks(image.content) ? 0 : 6 }];
  return zipSync(entries, { mtime: mtime() });
}

const nameOf = ({ name, partition }: ImageDescription): string => name ?? `image-${partition}.bin`;

function shrinks(content: Uint8Array): boolean {
  const { ratio, ratioFreeBytes } = defaultFirmwareLimits;
  return content.length > ratioFreeBytes && content.length > deflateSync(content, { level: 1 }).length * (ratio / 2);
}

/** The `info.xml` of a package (facts E10), in the vendor's own shape. */
export function infoXml(description: PackageDescription): string {
  const { version, productName = 'Virtual', releaseDate = '2026-01-05', dfuProductIds, images } = description;
  return `<?xml version="1.0" encoding="utf-8"?>
<buildVector version="${escaped(version)}" productName="${escaped(productName)}"${releaseDate === null ? '' : ` releaseDate="${escaped(releaseDate)}"`}>
  <targetUsbPids>
${dfuProductIds.map((id) => `    <usbPid>${hex(id, 4)}</usbPid>`).join('\n')}
  </targetUsbPids>
  <minFirmwareUpdaterAppVersion>5.0.0.0</minFirmwareUpdaterAppVersion>
  <files>
${images.map((image) => fileXml(image, version)).join('\n')}
  </files>
</buildVector>
`;
}

function fileXml(image: ImageDescription, packageVersion: string): string {
  const { version = packageVersion, target = 'headset', partition, language = englishUs, crc = firmwareCrc(image.content) } = image;
  return `    <file name="${escaped(nameOf(image))}">
      <content>firmware</content>
      <version>${escaped(version)}</version>
      <target>${escaped(target)}</target>
${language === null ? '' : `      <language id="${hex(language, 4)}">${languageName(language)}</language>\n`}      <partition>${partition}</partition>
      <crc>${hex(crc, 8)}</crc>
    </file>`;
}

/** fwupd goes by this word, not by the id, and takes nothing but English. */
const languageName = (language: number): string => (language === englishUs ? 'English' : `Language ${hex(language, 4)}`);
const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
