import { Address } from '../../frames/index.ts';
import { settingSets } from '../setting-sets.ts';
import { type Detach, type Family, type Product, products } from '../types.ts';

const speak = {
  formFactor: 'speakerphone',
  generation: 'legacy-speak',
  address: Address.headsetViaUsb,
  hasBattery: false,
  hasChildren: false,
  settings: settingSets.speakerphone,
} as const;

/**
 * Rows of fwupd's jabra.quirk: `magic` is its JabraMagic (report id and GNP address), `bootProductId` its CounterpartGuid. Every one of them
 * has the vendor's word for it.
 */
function detachable(name: string, productId: number, magic: '0201' | '0508', bootProductId: number): Product[] {
  const [reportId, address] = magic === '0201' ? [0x02, Address.base] : [0x05, Address.headsetViaUsb];
  const detach: Detach = { reportId, address, bootProductId };
  return [...products('vendor', name, productId).map((product) => ({ ...product, detach })), ...products('vendor', `${name} (boot)`, bootProductId)];
}

/** Speakerphones that are detached into USB DFU (facts D1, E12; fwupd plugins/jabra). */
export const legacySpeakFamilies: readonly Family[] = [
  {
    ...speak,
    id: 'speak-410',
    name: 'Jabra Speak 410',
    products: [...detachable('Jabra Speak 410', 0x0412, '0201', 0x0411), ...products('usb-ids', 'Jabra Speak 410', 0x0410)],
  },
  {
    ...speak,
    id: 'speak-510',
    name: 'Jabra Speak 510',
    hasBattery: true,
    // What 0422 is detached with is not in the quirks that could be read (fwupd 2.0.20): it isn't.
    products: [...detachable('Jabra Speak 510', 0x0420, '0201', 0x0421), ...products('vendor', 'Jabra Speak 510', 0x0422)],
  },
  {
    ...speak,
    id: 'speak-710',
    name: 'Jabra Speak 710',
    hasBattery: true,
    products: detachable('Jabra Speak 710', 0x2475, '0508', 0x0982),
  },
  {
    ...speak,
    id: 'speak-810',
    name: 'Jabra Speak 810',
    products: detachable('Jabra Speak 810', 0x2456, '0508', 0x0971),
  },
];
