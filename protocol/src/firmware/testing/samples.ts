import { encodeUtf8 } from '../../bytes/index.ts';
import { type FirmwarePackageErrorCode, firmwareCrc } from '../../images/index.ts';
import { buildFirmwarePackage, infoXml, type PackageDescription } from '../build.ts';
import { crc32 } from '../zip/crc32.ts';
import { directoryHeaderBytes, endRecordBytes, flagBits, localHeaderBytes, signatures } from '../zip/records.ts';
import { endOf, type ForgedEnd, type ForgedEntry, forgeZip, joined } from './forge.ts';

/** A zip and what reading it gives: a package, or this code. */
export interface Sample {
  readonly name: string;
  readonly outcome: 'package' | FirmwarePackageErrorCode;
  readonly zip: Uint8Array;
}

export const ramp = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 7);

/** A package of two small images. */
export const smallPackage = {
  version: '1.8.13',
  productName: 'Jabra Evolve2 75',
  dfuProductIds: [0x24da],
  images: [
    { content: ramp(61), partition: 1 },
    { content: ramp(40), partition: 2 },
  ],
} as const satisfies PackageDescription;

const image = ramp(16);
const info = encodeUtf8(infoXml({ version: '1.2.3', dfuProductIds: [0x24da], images: [{ name: 'a.bin', content: image, partition: 1 }] }));
const infoEntry: ForgedEntry = { name: 'info.xml', content: info, deflated: true };
const imageEntry: ForgedEntry = { name: 'a.bin', content: image };

/** A right package but for what is given: parts of the image's entry, more entries, the end. */
const forged = (changes: Partial<ForgedEntry>, more: readonly ForgedEntry[] = [], end: ForgedEnd = {}): Uint8Array =>
  forgeZip([infoEntry, { ...imageEntry, ...changes }, ...more], end);

const withInfo = (xml: string | Uint8Array): Uint8Array =>
  forgeZip([{ ...infoEntry, content: typeof xml === 'string' ? encodeUtf8(xml) : xml }, imageEntry]);

const right = infoXml({ version: '1.2.3', dfuProductIds: [0x24da], images: [{ name: 'a.bin', content: image, partition: 1 }] });
const inInfo = (found: string, replacement: string): Uint8Array => {
  if (!right.includes(found)) throw new RangeError(`info.xml has no ${found}`);
  return withInfo(right.replace(found, replacement));
};

/** The content of "a.bin" begins with the header and the content of "b.bin", and the directory lists both. */
function nested(): Uint8Array {
  const inner: ForgedEntry = { name: 'b.bin', content: ramp(4) };
  const [header, content] = [localHeaderBytes + 5, 4];
  const outer: ForgedEntry = { name: 'a.bin', content: forgeZip([inner]).subarray(0, header + content) };
  const offset = forgeZip([infoEntry]).length - directoryHeaderBytes - 'info.xml'.length - endRecordBytes + header;
  return forgeZip([infoEntry, outer, { ...inner, directory: { offset } }]);
}

const zeroes = new Uint8Array(1_048_577);
const whole = buildFirmwarePackage(smallPackage);
const zip64Locator = Uint8Array.of(0x50, 0x4b, 0x06, 0x07, ...new Uint8Array(16));
const crcText = `0x${firmwareCrc(image).toString(16).padStart(8, '0')}`;

const packages: readonly (readonly [string, Uint8Array])[] = [
  ['built', whole],
  ['forged by the letter', forged({})],
  [
    'sizes behind the content',
    forged({ both: { flags: flagBits.sizesFollow }, local: { crc32: 0, packedBytes: 0, unpackedBytes: 0 }, behind: new Uint8Array(16) }),
  ],
  ['sizes of the local header in zip64 form', forged({ local: { packedBytes: 0xffff_ffff, unpackedBytes: 0xffff_ffff } })],
  ['comment of the archive', forged({}, [], { comment: encodeUtf8('made by hand') })],
  ['a folder and files that nobody names', forged({}, [{ name: 'docs/' }, { name: 'docs/readme.txt', content: ramp(3) }])],
  ['a comment of an entry', forged({ comment: encodeUtf8('an image') })],
  ['a directory in another order', forged({}, [], { isReversed: true })],
  ['a name as long as may be', forged({}, [{ name: `${'a'.repeat(254)}/` }])],
  ['extra fields', forged({ extra: Uint8Array.of(0x55, 0x54, 1, 0, 0) })],
  ['decimal numbers', inInfo(crcText, String(firmwareCrc(image)))],
  ['byte order mark', withInfo(`\ufeff${right}`)],
  ['no check number', inInfo(`<crc>${crcText}</crc>`, '')],
  ['no language', inInfo('<language id="0x0409">English</language>', '')],
];

const zips: readonly (readonly [FirmwarePackageErrorCode, string, Uint8Array])[] = [
  ['not-a-zip', 'nothing', new Uint8Array()],
  ['not-a-zip', 'text', encodeUtf8('this is no zip')],
  ['not-a-zip', 'a bare image', ramp(64)],
  ['malformed-zip', 'cut in the end record', whole.subarray(0, -1)],
  ['malformed-zip', 'cut in half', whole.subarray(0, whole.length / 2)],
  ['malformed-zip', 'bytes behind the end', joined(whole, Uint8Array.of(0))],
  ['malformed-zip', 'bytes before the start', joined(Uint8Array.of(0), whole)],
  ['malformed-zip', 'second end in the comment', forged({}, [], { comment: joined(endOf({}), encodeUtf8('x')) })],
  ['malformed-zip', 'second end that fits in the comment', forged({}, [], { comment: endOf({}) })],
  ['malformed-zip', 'bytes behind the directory', forged({}, [], { before: Uint8Array.of(1, 2, 3) })],
  ['malformed-zip', 'another size of the directory', forged({}, [], { end: { directoryBytes: 1 } })],
  ['malformed-zip', 'fewer entries than said', forged({}, [], { end: { entries: 3, entriesHere: 3 } })],
  ['malformed-zip', 'more entries than said', forged({}, [], { end: { entries: 1, entriesHere: 1 } })],
  ['too-large', 'thousands of entries said', forged({}, [], { end: { entries: 0xfffe, entriesHere: 0xfffe } })],
  ['unsupported-zip', 'several disks', forged({}, [], { end: { disk: 1 } })],
  ['unsupported-zip', 'a directory on another disk', forged({}, [], { end: { directoryDisk: 1 } })],
  ['unsupported-zip', 'entries on another disk', forged({}, [], { end: { entriesHere: 1 } })],
  ['unsupported-zip', 'an entry on another disk', forged({ directory: { disk: 1 } })],
  ['unsupported-zip', 'zip64 locator', forged({}, [], { before: zip64Locator })],
  ['unsupported-zip', 'zip64 sizes', forged({ directory: { unpackedBytes: 0xffff_ffff } })],
  ['unsupported-zip', 'zip64 offset', forged({ directory: { offset: 0xffff_ffff } })],
  ['malformed-zip', 'offset beyond the end', forged({ directory: { offset: 0x7fff_ffff } })],
  ['malformed-zip', 'offset into another entry', forged({ directory: { offset: 9 } })],
  ['malformed-zip', 'two entries on one place', forged({}, [{ ...imageEntry, name: 'b.bin', directory: { offset: 0 } }])],
  ['malformed-zip', 'an entry within another', nested()],
  ['malformed-zip', 'content into the next entry', forged({ both: { packedBytes: 40, unpackedBytes: 40 } }, [{ name: 'b.bin', content: ramp(64) }])],
  ['malformed-zip', 'content into the directory', forged({ both: { packedBytes: 0xffff, unpackedBytes: 0xffff } })],
  ['malformed-zip', 'two names', forged({ localName: 'b.bin' })],
  ['malformed-zip', 'two methods', forged({ local: { method: 8 } })],
  ['malformed-zip', 'two sizes', forged({ local: { unpackedBytes: 17 } })],
  ['malformed-zip', 'one size of the local header in zip64 form', forged({ local: { unpackedBytes: 0xffff_ffff } })],
  ['malformed-zip', 'two check numbers', forged({ local: { crc32: 1 } })],
  ['malformed-zip', 'stored with two sizes', forged({ both: { unpackedBytes: 17 } })],
  ['malformed-zip', 'no local header', forged({ local: { signature: signatures.directory } })],
  ['malformed-zip', 'no directory header', forged({ directory: { signature: signatures.local } })],
  ['malformed-zip', 'a folder with content', forged({}, [{ name: 'docs/', content: ramp(1) }])],
  ['unsupported-zip', 'encrypted', forged({ both: { flags: flagBits.encrypted } })],
  ['unsupported-zip', 'strongly encrypted', forged({ both: { flags: flagBits.strongEncryption } })],
  ['malformed-zip', 'encrypted where only the local header says it', forged({ local: { flags: flagBits.encrypted } })],
  ['unsupported-zip', 'bzip2', forged({ both: { method: 12 } })],
  ['unsupported-zip', 'LZMA', forged({ both: { method: 14 } })],
  ['unsafe-name', 'absolute', forged({}, [{ name: '/etc/passwd' }])],
  ['unsafe-name', 'drive', forged({}, [{ name: 'C:evil.dll' }])],
  ['unsafe-name', 'parent folder', forged({}, [{ name: '../evil.dll' }])],
  ['unsafe-name', 'parent folder within', forged({}, [{ name: 'a/../../evil.dll' }])],
  ['unsafe-name', 'this folder', forged({}, [{ name: './a' }])],
  ['unsafe-name', 'a folder without a name', forged({}, [{ name: 'a//b' }])],
  ['unsafe-name', 'backslash', forged({}, [{ name: '..\\evil.dll' }])],
  ['unsafe-name', 'NUL', forged({}, [{ name: 'a.bin\u0000.txt' }])],
  ['unsafe-name', 'empty', forged({}, [{ name: '' }])],
  ['unsafe-name', 'long', forged({}, [{ name: 'a'.repeat(256) }])],
  ['unsafe-name', 'no UTF-8', forged({}, [{ name: Uint8Array.of(0x61, 0xff) }])],
  ['unsafe-name', 'half a character', forged({}, [{ name: Uint8Array.of(0xf0, 0x9f, 0x98) }])],
  ['duplicate-name', 'twice', forged({}, [imageEntry])],
  ['duplicate-name', 'in another case', forged({}, [{ ...imageEntry, name: 'A.BIN' }])],
  ['duplicate-name', 'in another composition', forged({}, [{ name: 'ä' }, { name: 'a\u0308' }])],
  ['duplicate-name', 'a file and a folder', forged({}, [{ name: 'a.bin/' }])],
  ['duplicate-name', 'two info.xml', forged({}, [infoEntry])],
  ['too-large', 'bomb', forged({ content: zeroes, deflated: true })],
  ['too-large', 'bomb that nobody names', forged({}, [{ name: 'bomb', content: zeroes, deflated: true }])],
  ['too-large', 'sizes over the limit', forged({ both: { packedBytes: 0x1800_0000, unpackedBytes: 0x1800_0000 } })],
  ['corrupt', 'bomb that says it is small', forged({ deflated: true, content: zeroes, both: { unpackedBytes: 16 } })],
  ['corrupt', 'larger than said', forged({ deflated: true, both: { unpackedBytes: 15 } })],
  ['corrupt', 'smaller than said', forged({ deflated: true, both: { unpackedBytes: 17 } })],
  ['corrupt', 'zeroes where it ends early', forged({ deflated: true, both: { unpackedBytes: 17, crc32: crc32(joined(image, Uint8Array.of(0))) } })],
  ['corrupt', 'no Deflate', forged({ deflated: true, packed: Uint8Array.of(0xff, 0xff, 0xff) })],
  ['corrupt', 'Deflate of nothing', forged({ deflated: true, packed: new Uint8Array() })],
  ['corrupt', 'another check number', forged({ both: { crc32: 1 } })],
  ['no-info', 'empty zip', forgeZip([])],
  ['no-info', 'no info.xml', forgeZip([imageEntry])],
  ['no-info', 'info.xml in a folder', forgeZip([{ ...infoEntry, name: 'firmware/info.xml' }, imageEntry])],
  ['no-info', 'INFO.XML', forgeZip([{ ...infoEntry, name: 'INFO.XML' }, imageEntry])],
  ['missing-file', 'no image', forgeZip([infoEntry])],
  ['missing-file', 'image in another case', forged({ name: 'A.bin' })],
  [
    'missing-file',
    'a folder for an image',
    forgeZip([{ ...infoEntry, content: encodeUtf8(right.replace('a.bin', 'a/').replace(/<crc>.*<.crc>/, '')) }, { name: 'a/' }]),
  ],
  ['wrong-crc', 'another image', forged({ content: ramp(17) })],
];

const laughs = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join('');
const element = '<buildVector version="1.2.3"';

const infos: readonly (readonly [FirmwarePackageErrorCode, string, Uint8Array])[] = [
  ['malformed-info', 'empty', withInfo('')],
  ['malformed-info', 'only a declaration', withInfo('<?xml version="1.0"?>')],
  ['malformed-info', 'no XML', withInfo('version=1.2.3')],
  ['malformed-info', 'cut off', withInfo(right.slice(0, -5))],
  ['malformed-info', 'two roots', withInfo(right + right.slice(right.indexOf('<buildVector')))],
  ['malformed-info', 'billion laughs', withInfo(`<!DOCTYPE b [<!ENTITY l0 "ha">${laughs}]><b>&l9;</b>`)],
  [
    'malformed-info',
    'external entity',
    withInfo(right.replace('<buildVector', '<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]><buildVector')),
  ],
  ['malformed-info', 'document type alone', withInfo(right.replace('<buildVector', '<!DOCTYPE buildVector><buildVector'))],
  ['malformed-info', 'unknown entity', inInfo('headset', '&nbsp;')],
  ['malformed-info', 'attribute twice', inInfo(element, `${element} version="1.2.4"`)],
  ['malformed-info', 'huge attribute', inInfo(element, `${element} x="${'y'.repeat(5000)}"`)],
  ['malformed-info', 'huge text', inInfo('headset', 'y'.repeat(5000))],
  ['malformed-info', 'many attributes', inInfo(element, `${element}${Array.from({ length: 40 }, (_, index) => ` a${index}=""`).join('')}`)],
  ['malformed-info', 'deep', withInfo('<a>'.repeat(50) + '</a>'.repeat(50))],
  [
    'malformed-info',
    'UTF-16',
    withInfo(Uint8Array.from(`\ufeff${right}`.split('').flatMap((one) => [one.charCodeAt(0) & 0xff, one.charCodeAt(0) >> 8]))),
  ],
  ['malformed-info', 'declared as UTF-16', inInfo('utf-8', 'utf-16')],
  ['malformed-info', 'Latin 1', withInfo(Uint8Array.from(right.replace('Virtual', 'Virtu\u00e9l').split(''), (one) => one.charCodeAt(0)))],
  [
    'malformed-info',
    'half a character',
    withInfo(joined(encodeUtf8(right), Uint8Array.of(0x3c, 0x21, 0x2d, 0x2d, 0xf0, 0x9f, 0x98, 0x2d, 0x2d, 0x3e))),
  ],
  ['too-large', 'huge', inInfo('headset', ' '.repeat(262_144))],
  ['invalid-info', 'another root', withInfo('<firmware/>')],
  ['invalid-info', 'all in another root', withInfo(right.replaceAll('buildVector', 'firmware'))],
  ['invalid-info', 'no version', inInfo(' version="1.2.3"', '')],
  ['invalid-info', 'two numbers', inInfo('version="1.2.3"', 'version="1.2"')],
  ['invalid-info', 'four numbers', inInfo('version="1.2.3"', 'version="1.2.3.4"')],
  ['invalid-info', 'a number over 255', inInfo('version="1.2.3"', 'version="1.256.3"')],
  ['invalid-info', 'no numbers', inInfo('version="1.2.3"', 'version="1.2.x"')],
  ['invalid-info', 'version of the file', inInfo('<version>1.2.3<', '<version>new<')],
  ['invalid-info', 'no product name', inInfo(' productName="Virtual"', '')],
  ['invalid-info', 'blank product name', inInfo('"Virtual"', '" "')],
  ['invalid-info', 'no products', inInfo('<usbPid>0x24da</usbPid>', '')],
  ['invalid-info', 'no list of products', withInfo(right.replaceAll('targetUsbPids', 'usbPids'))],
  ['invalid-info', 'two lists of products', inInfo('  <targetUsbPids>', '<targetUsbPids><usbPid>1</usbPid></targetUsbPids><targetUsbPids>')],
  ['invalid-info', 'product over 16 bit', inInfo('0x24da', '0x124da')],
  ['invalid-info', 'product without number', inInfo('0x24da', '24da')],
  ['invalid-info', 'negative product', inInfo('0x24da', '-1')],
  ['invalid-info', 'no files', withInfo(right.replace(/<files>.*<\/files>/s, ''))],
  ['invalid-info', 'no file', withInfo(right.replace(/<files>.*<\/files>/s, '<files/>'))],
  ['invalid-info', 'no file name', inInfo(' name="a.bin"', '')],
  ['invalid-info', 'no partition', inInfo('<partition>1</partition>', '')],
  ['invalid-info', 'empty partition', inInfo('<partition>1</partition>', '<partition/>')],
  ['invalid-info', 'partition over 8 bit', inInfo('<partition>1<', '<partition>256<')],
  ['invalid-info', 'partition twice', inInfo('<partition>', '<partition>2</partition><partition>')],
  ['invalid-info', 'empty crc', inInfo(crcText, '')],
  ['invalid-info', 'crc without 0x', inInfo(crcText, `f${crcText.slice(3)}`)],
  ['invalid-info', 'crc over 32 bit', inInfo(crcText, '4294967296')],
  ['invalid-info', 'language without id', inInfo(' id="0x0409"', '')],
  ['invalid-info', 'German called English', inInfo('0x0409', '0x0407')],
];

/** Every way in which a package is right or wrong that this library knows of. Each is small, but for one. */
export const samples: readonly Sample[] = [
  ...packages.map(([name, zip]) => ({ name, outcome: 'package' as const, zip })),
  ...zips.map(([outcome, name, zip]) => ({ name, outcome, zip })),
  ...infos.map(([outcome, name, zip]) => ({ name: `info.xml, ${name}`, outcome, zip })),
];
