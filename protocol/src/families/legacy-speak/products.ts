import { Address } from '../../frames/index.ts';
import { settingSets } from '../setting-sets.ts';
import { type Family, products } from '../types.ts';

const speak = {
  formFactor: 'speakerphone',
  generation: 'legacy-speak',
  address: Address.headsetViaUsb,
  hasBattery: false,
  hasChildren: false,
  settings: settingSets.speakerphone,
} as const;

/** Speakerphones that are detached into USB DFU (facts D1, E12; fwupd plugins/jabra). */
export const legacySpeakFamilies: readonly Family[] = [
  {
    ...speak,
    id: 'speak-410',
    name: 'Jabra Speak 410',
    products: [
      ...products('vendor', 'Jabra Speak 410', 0x0412),
      ...products('usb-ids', 'Jabra Speak 410', 0x0410),
      ...products('vendor', 'Jabra Speak 410 (boot)', 0x0411),
    ],
  },
  {
    ...speak,
    id: 'speak-510',
    name: 'Jabra Speak 510',
    hasBattery: true,
    products: [...products('vendor', 'Jabra Speak 510', 0x0420, 0x0422), ...products('vendor', 'Jabra Speak 510 (boot)', 0x0421)],
  },
  {
    ...speak,
    id: 'speak-710',
    name: 'Jabra Speak 710',
    hasBattery: true,
    products: [...products('vendor', 'Jabra Speak 710', 0x2475), ...products('vendor', 'Jabra Speak 710 (boot)', 0x0982)],
  },
  {
    ...speak,
    id: 'speak-810',
    name: 'Jabra Speak 810',
    products: [...products('vendor', 'Jabra Speak 810', 0x2456), ...products('vendor', 'Jabra Speak 810 (boot)', 0x0971)],
  },
];
