import { describe, expect, it } from 'vitest';
import { families, findFamily } from '../../families/index.ts';
import type { HidBus } from '../../session/hid-port.ts';
import { hasPairing } from './selection.ts';

const on = (id: string, bus: HidBus): boolean => hasPairing({ family: findFamily(id), bus });
const everyBus: readonly HidBus[] = ['usb', 'bluetooth', 'virtual'];

describe('pairing through an adapter', () => {
  it('is there on a real Link 370, which is where its messages were seen at work, and on no other real model', () => {
    const real = families.filter((family) => hasPairing({ family, bus: 'usb' })).map(({ id }) => id);
    expect(real).toEqual(['link-370']);
    expect(on('link-370', 'bluetooth')).toBe(false);
  });

  it('is there on every virtual adapter of the contract, and on nothing that is none', () => {
    expect(['link-370', 'link-380', 'link-390'].every((id) => on(id, 'virtual'))).toBe(true);
    for (const bus of everyBus) {
      expect([on('engage-65', bus), on('evolve2-65', bus), hasPairing({ family: null, bus })]).toEqual([false, false, false]);
      const unnamed = families.filter((family) => family.id === 'unknown' && hasPairing({ family, bus }));
      expect(unnamed).toEqual([]);
    }
  });
});
