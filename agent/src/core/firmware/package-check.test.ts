import { buildFirmwarePackage, type PackageDescription, readFirmwarePackage } from '@jpd/protocol/firmware';
import { describe, expect, it } from 'vitest';
import { fileOf, packageError } from './package-check.ts';

const image = { content: new Uint8Array(10), partition: 1 };
const packageOf = (changes: Partial<PackageDescription> = {}) =>
  readFirmwarePackage(buildFirmwarePackage({ version: '2.3.4', dfuProductIds: [0x24da], images: [image], ...changes }));
const need = { dfuProductId: 0x24da, version: '2.3.4', isOneFile: false };

describe('a package', () => {
  it('fits the device that it names, and the version that is desired', () => {
    expect(packageError(packageOf(), need)).toBeNull();
    expect(packageError(packageOf(), { ...need, version: '2.3.4b' })).toBeNull();
    expect(packageError(packageOf(), { ...need, isOneFile: true })).toBeNull();
    expect(fileOf(packageOf()).content).toEqual(image.content);
  });

  it.each([
    ['another device', packageOf(), { ...need, dfuProductId: 0x2000 }, 'wrong-device'],
    ['a device that doesn’t say what it is', packageOf(), { ...need, dfuProductId: null }, 'wrong-device'],
    ['another version', packageOf(), { ...need, version: '2.3.5' }, 'package-invalid'],
    ['another language', packageOf({ images: [{ ...image, language: 0x0407 }] }), need, 'package-invalid'],
    ['a device that takes one file', packageOf({ images: [image, { ...image, partition: 2 }] }), { ...need, isOneFile: true }, 'package-invalid'],
  ])('doesn’t fit %s', (_, firmware, wanted, code) => {
    expect(packageError(firmware, wanted)).toMatchObject({ code });
  });
});
