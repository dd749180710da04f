import { describe, expect, test } from 'vitest';
import { imagesFor } from './choice.ts';
import type { FirmwareImage, FirmwarePackage } from './image.ts';
import { packageProblem } from './problem.ts';

const image = (partition: number, language: number | null): FirmwareImage => ({
  name: `${partition}-${language ?? 'all'}`,
  content: new Uint8Array(),
  partition,
  crc: 0xffffffff,
  version: '1.8.13',
  target: 'headset',
  language,
});

const [english, german, french] = [0x0409, 0x0407, 0x040c];
const of = (...images: FirmwareImage[]): FirmwarePackage => ({
  productName: 'Jabra Evolve2 75',
  version: '1.8.13',
  releaseDate: null,
  dfuProductIds: [0x24da, 0x24db],
  images,
});
const names = (images: readonly FirmwareImage[]): string[] => images.map(({ name }) => name);

describe('of a package’s images an updater sends', () => {
  const firmware = of(image(5, german), image(5, english), image(2, null), image(1, english), image(7, french));

  test('English, and what is for all, in the order of the package', () => {
    expect(names(imagesFor(firmware))).toEqual(['5-1033', '2-all', '1-1033']);
  });

  test('another language where it is asked for', () => {
    expect(names(imagesFor(firmware, { language: german }))).toEqual(['5-1031', '2-all']);
  });

  test('none where there is none for the language, and says which there are', () => {
    expect(() => imagesFor(of(image(1, german), image(2, german), image(1, french)))).toThrow(
      expect.objectContaining({ code: 'no-image', message: expect.stringContaining('choose one of 0x0407, 0x040c') }),
    );
    expect(() => imagesFor(of())).toThrow(expect.objectContaining({ code: 'no-image' }));
  });

  test.each([
    [image(1, english), image(1, english)],
    [image(1, null), image(1, english)],
    [image(1, null), image(1, null)],
  ])('none where two are for one partition', (...two) => {
    expect(() => imagesFor(of(image(0, english), ...two))).toThrow(
      expect.objectContaining({ code: 'ambiguous-image', message: expect.stringContaining('partition 1') }),
    );
  });
});

describe('a package is for a device', () => {
  const firmware = of(image(1, english));

  test.each([0x24da, 0x24db])('whose DFU product id it names, whatever its USB product id is', (dfuProductId) => {
    expect(packageProblem(firmware, { dfuProductId })).toBeNull();
  });

  test.each([
    [{ dfuProductId: 0x24d9 }, 'other-product', 'is for DFU product 24DA, 24DB, the device takes 24D9'],
    [{ dfuProductId: null }, 'unknown-product', 'doesn’t say'],
    [{ dfuProductId: 0x24da, language: german }, 'no-image', '0x0407'],
  ])('and not for one of %j', (target, reason, message) => {
    const problem = packageProblem(firmware, target);
    expect(problem).toEqual({ reason, message: expect.stringContaining(message.replace('’', "'")) });
  });

  test('and not where its images are ambiguous', () => {
    expect(packageProblem(of(image(1, english), image(1, null)), { dfuProductId: 0x24da })).toMatchObject({ reason: 'ambiguous-image' });
  });
});
