import { describe, expect, test } from 'vitest';
import type { FirmwarePackage } from '../../../images/index.ts';
import type { DeviceFacts } from './facts.ts';
import { isSameVersion, planUpdate, type UpdatePolicy } from './plan.ts';
import { imageOf, packageOf } from './testing/update-bench.ts';

const facts: DeviceFacts = {
  serial: 'S',
  version: '1.8.13',
  dfuProductId: 0x24da,
  updateProtocol: 7,
  battery: { level: 80, charging: false },
};
const firmware = packageOf([imageOf(100), imageOf(52 * 3, 2)]);

const objection = (changes: Partial<DeviceFacts>, policy: UpdatePolicy = {}, what: FirmwarePackage = firmware): string => {
  const planned = planUpdate(what, { ...facts, ...changes }, policy);
  return planned.kind === 'objection' ? planned.objection.reason : planned.kind;
};

const changed = (changes: Partial<FirmwarePackage['images'][number]>): FirmwarePackage => ({
  ...firmware,
  images: firmware.images.map((image, index) => (index === 1 ? { ...image, ...changes } : image)),
});

test('a plan is the images in the package’s order, in blocks of 52 bytes, with the package’s version', () => {
  expect(planUpdate(firmware, facts)).toMatchObject({
    kind: 'plan',
    plan: {
      protocol: 7,
      from: '1.8.13',
      to: '2.3.4',
      version: { major: 2, minor: 3, micro: 4 },
      images: [
        { partition: 1, blocks: 2 },
        { partition: 2, blocks: 3 },
      ],
      bytes: 256,
      blockNumbers: null,
    },
  });
});

test('only one language is sent, and what is for all', () => {
  const images = firmware.images.flatMap((image) => [
    { ...image, language: 0x0409 },
    { ...image, language: 0x0407, content: imageOf(10), crc: 0 },
  ]);
  const withAll = [...images, { ...packageOf([imageOf(7, 9)]).images[0], partition: 9, language: null }].filter(
    (image) => image.content !== undefined,
  );
  const planned = planUpdate({ ...firmware, images: withAll as never }, facts);
  expect(planned.kind === 'plan' && planned.plan.images.map(({ partition }) => partition)).toEqual([1, 2, 9]);
});

describe('nothing is sent', () => {
  test.each<[string, string, Partial<DeviceFacts>, UpdatePolicy?, FirmwarePackage?]>([
    ['to another product', 'wrong-product', { dfuProductId: 0x24db }],
    ['to a product that doesn’t tell what it is', 'wrong-product', { dfuProductId: null }],
    ['under another protocol', 'unknown-protocol', { updateProtocol: 1 }],
    ['where the protocol isn’t told', 'unknown-protocol', { updateProtocol: null }],
    ['below 30 % of battery', 'low-battery', { battery: { level: 29, charging: false } }],
    ['below 30 %, charging or not', 'low-battery', { battery: { level: 29, charging: true } }],
    ['to a battery that doesn’t know', 'unknown-battery', { battery: { level: null, charging: true } }],
    ['below what the caller asks for', 'low-battery', { battery: { level: 59, charging: false } }, { minimumBattery: 60 }],
    ['for a language that the package lacks', 'nothing-to-send', {}, { language: 0x0407 }],
    ['of an empty image', 'nothing-to-send', {}, {}, changed({ content: new Uint8Array(0) })],
    ['of two images for one partition', 'ambiguous-images', {}, {}, changed({ partition: 1 })],
    ['of an image that its check number doesn’t fit', 'damaged-image', {}, {}, changed({ crc: 1 })],
    ['of a version without three numbers', 'no-version', {}, {}, { ...firmware, version: '2.3' }],
    ['of a version that doesn’t fit into bytes', 'no-version', {}, {}, { ...firmware, version: '2.3.256' }],
    ['of a version that it runs, where that is asked for', 'current', { version: '2.3.4b' }, { skipIfCurrent: true }],
  ])('%s', (_, reason, changes, policy, what) => {
    expect(objection(changes, policy, what)).toBe(reason);
  });
});

describe('everything is sent', () => {
  test.each<[string, Partial<DeviceFacts>, UpdatePolicy?]>([
    ['at 30 %', { battery: { level: 30, charging: false } }],
    ['without a battery', { battery: null }],
    ['below 30 % to a charging device, where that is enough', { battery: { level: 5, charging: true } }, { chargingIsEnough: true }],
    ['where no battery is asked for', { battery: { level: null, charging: false } }, { minimumBattery: 0 }],
    ['of the version that it runs, where nothing else is asked for', { version: '2.3.4' }],
    ['of an older version', { version: '3.0.0' }],
    ['under protocol 16', { updateProtocol: 16 }],
    ['in the language that is asked for', {}, { language: 0x0409 }],
  ])('%s', (_, changes, policy) => {
    expect(objection(changes, policy)).toBe('plan');
  });

  test('of a version whose numbers just fit into bytes', () => {
    const planned = planUpdate({ ...firmware, version: '255.255.255' }, facts);
    expect(planned).toMatchObject({ kind: 'plan', plan: { version: { major: 255, minor: 255, micro: 255 } } });
  });

  test('up to 65,535 blocks under protocol 7, and any number under 16', () => {
    const most = packageOf([new Uint8Array(65_535 * 52)]);
    const more = packageOf([new Uint8Array(65_535 * 52 + 1)]);
    expect(objection({}, {}, most)).toBe('plan');
    expect(objection({}, {}, more)).toBe('image-too-large');
    expect(objection({ updateProtocol: 16 }, {}, more)).toBe('plan');
  });
});

describe('a person is told', () => {
  const told = (changes: Partial<DeviceFacts>, policy: UpdatePolicy = {}, what: FirmwarePackage = firmware): readonly string[] => {
    const planned = planUpdate(what, { ...facts, ...changes }, policy);
    return planned.kind === 'objection' ? planned.objection.message.split(/[^\w.-]+/) : [];
  };
  const forTwo: FirmwarePackage = { ...firmware, dfuProductIds: [0x24da, 0x0a1b] };
  const tooLarge = packageOf([new Uint8Array(65_535 * 52 + 1)]);

  test.each<[string, readonly string[], Partial<DeviceFacts>, UpdatePolicy?, FirmwarePackage?]>([
    ['which package is for which products, and what this is', ['Evolve2', '75', '2.3.4', '24DA', '0A1B', '00EF'], { dfuProductId: 0xef }, {}, forTwo],
    ['that a product doesn’t tell what it is', ['24DA', '0A1B', 'none'], { dfuProductId: null }, {}, forTwo],
    ['which protocol isn’t known, and which are', ['1', '7', '16'], { updateProtocol: 1 }],
    ['that a device has no protocol', ['none', '7', '16'], { updateProtocol: null }],
    ['how full the battery is, and has to be', ['29', '30'], { battery: { level: 29, charging: false } }],
    ['what the caller asks of the battery', ['59', '60'], { battery: { level: 59, charging: false } }, { minimumBattery: 60 }],
    ['that it is the battery that doesn’t know', ['battery'], { battery: { level: null, charging: false } }],
    ['which language the package lacks', ['0x0407', '0x0409'], {}, { language: 0x0407 }],
    ['which image is empty', ['image-2.bin'], {}, {}, changed({ content: new Uint8Array(0) })],
    ['which images are for one partition', ['image-1.bin', 'image-2.bin'], {}, {}, changed({ partition: 1 })],
    ['which image is damaged, and where it would go', ['image-2.bin', '2'], {}, {}, changed({ crc: 1 })],
    ['which image is too large, and how large it may be', ['image-1.bin', '3407821', '3407820'], {}, {}, tooLarge],
    ['what isn’t a version', ['2.3'], {}, {}, { ...firmware, version: '2.3' }],
  ])('%s', (_, words, changes, policy, what) => {
    expect(told(changes, policy, what)).toEqual(expect.arrayContaining([...words]));
  });
});

test('a fault that isn’t the package’s is thrown, not taken for an objection', () => {
  const fault = new TypeError('no package');
  const broken: FirmwarePackage = {
    ...firmware,
    get images(): never {
      throw fault;
    },
  };
  expect(() => planUpdate(broken, facts)).toThrow(fault);
});

test.each([
  ['1.2.3', '1.2.3b', true],
  ['1.2.3', '1.2.4', false],
  ['1.2.3', '1.3.3', false],
  ['1.2.3', '2.2.3', false],
  ['1.2', '1.2', false],
  ['1.2', '1.2.3', false],
  ['1.2.3', '1.2', false],
])('versions are the same by their numbers: %s and %s: %s', (one, other, expected) => {
  expect(isSameVersion(one, other)).toBe(expected);
});
