import type { HidPathInfo } from '@jpd/protocol';
import { describe, expect, it } from 'vitest';
import { groupPaths } from './grouping.ts';

const path = (info: Partial<HidPathInfo>): HidPathInfo => ({
  path: '/dev/hidraw0',
  bus: 'usb',
  vendorId: 0x0b0e,
  productId: 0x24da,
  product: 'Jabra Evolve2 75',
  serial: '70BF92000001',
  physicalPort: '1-2',
  usagePage: null,
  usage: null,
  ...info,
});

describe('HID paths', () => {
  it('make one device of all top-level collections in one port', () => {
    const collections = ['&Col01', '&Col02', '&Col03'].map((collection) => path({ path: `hid#vid_0b0e${collection}`, physicalPort: 'container-7' }));
    expect(groupPaths(collections)).toEqual([{ key: 'usb:container-7:24da', paths: collections }]);
  });

  it('make two devices of the same model in two ports', () => {
    const groups = groupPaths([path({ physicalPort: '1-2' }), path({ path: '/dev/hidraw1', physicalPort: '1-3' })]);
    expect(groups.map(({ key }) => key)).toEqual(['usb:1-2:24da', 'usb:1-3:24da']);
  });

  it('make two devices of two products that share a port’s name, and of two ways of reaching it', () => {
    const groups = groupPaths([path({}), path({ productId: 0x0412 }), path({ bus: 'bluetooth' })]);
    expect(groups.map(({ key }) => key)).toEqual(['usb:1-2:24da', 'usb:1-2:0412', 'bluetooth:1-2:24da']);
  });

  it('keep the order in which the system lists devices and paths', () => {
    const [a, b, c] = [path({ path: 'a', physicalPort: '2' }), path({ path: 'b', physicalPort: '1' }), path({ path: 'c', physicalPort: '2' })];
    expect(groupPaths([a, b, c]).map(({ paths }) => paths.map((info) => info.path))).toEqual([['a', 'c'], ['b']]);
    expect(groupPaths([])).toEqual([]);
  });
});
