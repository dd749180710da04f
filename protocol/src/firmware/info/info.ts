import type { FirmwareImage, FirmwarePackage } from '../../images/index.ts';
import { FirmwarePackageError } from '../../images/index.ts';
import { childOf, invalid, numberOf, required, versionOf } from './fields.ts';
import { readXml, type XmlElement } from './xml.ts';

/** A file that `info.xml` names; its check number is null where none is stated. */
export interface FileInfo extends Omit<FirmwareImage, 'content' | 'crc'> {
  readonly crc: number | null;
}

/** `info.xml` in words of the package. */
export interface PackageInfo extends Omit<FirmwarePackage, 'images'> {
  readonly files: readonly FileInfo[];
}

/** What `language` says in packages of one language, and the only word of it that fwupd takes. */
const english = 'English';
/** The primary language of a Windows language id: 9 is English of any country. */
const isEnglish = (language: number): boolean => (language & 0x3ff) === 9;

/**
 * Reads `info.xml` (facts E10; the vendor's for the SPEAK 510 is public in fwupd/jabra-firmware). Unknown elements are ignored. A file needs a name and a
 * partition: one without is for another way of updating. Its check number may be missing (fwupd 2.0.20 takes such files and computes it). Nothing is sent of
 * its own version and target; where they are missing, they are the package's version and empty. Throws `FirmwarePackageError` `malformed-info`, `invalid-info`, `too-large`.
 */
export function readInfo(xml: Uint8Array, limits: { readonly images: number }): PackageInfo {
  const root = readXml(xml);
  if (root.name !== 'buildVector') throw invalid(`the root is <${root.name}>, not <buildVector>`);
  const version = versionOf(required(root.attributes.get('version'), '<buildVector>', 'version'), 'the version of <buildVector>');
  const productName = required(root.attributes.get('productName')?.trim(), '<buildVector>', 'productName');
  const releaseDate = root.attributes.get('releaseDate') ?? null;
  const targets = required(childOf(root, 'targetUsbPids'), '<buildVector>', '<targetUsbPids>');
  const dfuProductIds = targets.children.filter(({ name }) => name === 'usbPid').map(({ text }) => numberOf(text, 0xffff, '<usbPid>'));
  if (dfuProductIds.length === 0) throw invalid('<targetUsbPids> names no product');
  const files = required(childOf(root, 'files'), '<buildVector>', '<files>').children.filter(({ name }) => name === 'file');
  if (files.length === 0) throw invalid('<files> names no file');
  if (files.length > limits.images) throw new FirmwarePackageError('too-large', `info.xml names ${files.length} files, more than ${limits.images}`);
  return { productName, version, releaseDate, dfuProductIds, files: files.map((file) => readFile(file, version)) };
}

function readFile(file: XmlElement, packageVersion: string): FileInfo {
  const name = required(file.attributes.get('name'), 'a <file>', 'name');
  const where = `the file ${JSON.stringify(name)}`;
  const textOf = (child: string): string | null => childOf(file, child)?.text ?? null;
  const [version, crc] = [textOf('version'), textOf('crc')];
  return {
    name,
    partition: numberOf(required(textOf('partition'), where, 'partition, so it isn’t sent over GN Protocol'), 0xff, `the partition of ${where}`),
    crc: crc === null ? null : numberOf(crc, 0xffff_ffff, `the crc of ${where}`),
    version: version === null ? packageVersion : versionOf(version, `the version of ${where}`),
    target: textOf('target') ?? '',
    language: languageOf(childOf(file, 'language'), where),
  };
}

function languageOf(element: XmlElement | null, where: string): number | null {
  if (!element) return null;
  const language = numberOf(required(element.attributes.get('id'), `the language of ${where}`, 'id'), 0xffff, `the language id of ${where}`);
  // fwupd goes by the word: a package that says both would be two packages.
  if (element.text === english && !isEnglish(language)) throw invalid(`the language of ${where} is called English and has the id of another`);
  return language;
}
