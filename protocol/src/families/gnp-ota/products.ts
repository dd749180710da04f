import { Address } from '../../frames/index.ts';
import { settingSets } from '../setting-sets.ts';
import { type Family, products } from '../types.ts';

const wirelessHeadset = {
  formFactor: 'headset',
  generation: 'gnp-ota',
  address: Address.headsetViaUsb,
  hasBattery: true,
  hasChildren: false,
} as const;
const wiredHeadset = { ...wirelessHeadset, hasBattery: false } as const;
const link = {
  formFactor: 'dongle',
  generation: 'gnp-ota',
  address: Address.base,
  hasBattery: false,
  hasChildren: true,
  settings: settingSets.dongle,
} as const;
const speak = {
  formFactor: 'speakerphone',
  generation: 'gnp-ota',
  address: Address.headsetViaUsb,
  hasBattery: true,
  hasChildren: false,
  settings: settingSets.speakerphone,
} as const;
const unnamed = { id: 'unknown', settings: settingSets.none } as const;

/** Families updated over GNP, protocols 7 and 16 (facts D1). */
export const gnpOtaFamilies: readonly Family[] = [
  {
    ...wirelessHeadset,
    id: 'evolve2-65',
    name: 'Jabra Evolve2 65',
    settings: settingSets.headset,
    products: [
      ...products('vendor', 'Jabra Evolve2 65 (mono)', [0x24b3, 0x24b6]),
      ...products('vendor', 'Jabra Evolve2 65 (stereo)', 0x24b7, 0x24b8, 0x24a3, 0x24a4),
    ],
  },
  {
    ...wirelessHeadset,
    id: 'evolve2-75',
    name: 'Jabra Evolve2 75',
    settings: settingSets.headsetWithAnc,
    // 24DA first: the contract's example of the family.
    products: products('vendor', 'Jabra Evolve2 75', 0x24da, 0x24d9, 0x24db),
  },
  {
    ...wirelessHeadset,
    id: 'evolve2-85',
    name: 'Jabra Evolve2 85',
    settings: settingSets.headsetWithAnc,
    products: products('vendor', 'Jabra Evolve2 85', [0x24b9, 0x24bc]),
  },
  {
    ...wirelessHeadset,
    id: 'evolve2-65-flex',
    name: 'Jabra Evolve2 65 Flex',
    settings: settingSets.headset,
    products: [
      ...products('vendor', 'Jabra Evolve2 65 Flex', [0x2517, 0x2519]),
      ...products('vendor', 'Jabra Evolve2 65 Flex (secure)', [0x2523, 0x2525]),
    ],
  },
  {
    ...wiredHeadset,
    id: 'evolve2-30',
    name: 'Jabra Evolve2 30',
    settings: settingSets.wiredHeadset,
    products: [
      ...products('community', 'Jabra Evolve2 30', [0x0e30, 0x0e33], 0x0e35),
      ...products('community', 'Jabra Evolve2 30 (boot)', 0x0e34),
      ...products('community', 'Jabra Evolve2 30 SE', [0x0e36, 0x0e39]),
      ...products('community', 'Jabra Evolve2 30 SE (boot)', 0x0e3a),
    ],
  },
  {
    ...wiredHeadset,
    id: 'evolve2-40',
    name: 'Jabra Evolve2 40',
    settings: settingSets.wiredHeadset,
    products: [
      ...products('community', 'Jabra Evolve2 40', [0x0e40, 0x0e43]),
      ...products('community', 'Jabra Evolve2 40 (boot)', 0x0e44),
      ...products('community', 'Jabra Evolve2 40 SE', [0x2e40, 0x2e43]),
      ...products('community', 'Jabra Evolve2 40 SE (boot)', 0x2e44),
    ],
  },
  {
    ...wiredHeadset,
    id: 'evolve2-50',
    name: 'Jabra Evolve2 50',
    settings: settingSets.wiredHeadset,
    products: [
      ...products('vendor', 'Jabra Evolve2 50 (mono)', [0x2508, 0x250a]),
      ...products('vendor', 'Jabra Evolve2 50 (stereo)', [0x2505, 0x2507]),
    ],
  },
  {
    ...wirelessHeadset,
    id: 'evolve2-55',
    name: 'Jabra Evolve2 55',
    settings: settingSets.headset,
    products: [
      ...products('vendor', 'Jabra Evolve2 55 (mono)', [0x24f6, 0x24f8]),
      ...products('vendor', 'Jabra Evolve2 55 (stereo)', [0x24f3, 0x24f5]),
      ...products('vendor', 'Jabra Evolve2 55 (secure)', [0x2512, 0x2514]),
    ],
  },
  {
    ...wirelessHeadset,
    id: 'evolve-65',
    name: 'Jabra Evolve 65',
    settings: settingSets.headset,
    products: [...products('vendor', 'Jabra Evolve 65 SE', [0x24fc, 0x24fe]), ...products('usb-ids', 'Jabra Evolve 65', 0x0311)],
  },
  {
    ...wirelessHeadset,
    id: 'evolve-75',
    name: 'Jabra Evolve 75',
    settings: settingSets.headset,
    products: products('vendor', 'Jabra Evolve 75 SE', [0x2502, 0x2504]),
  },
  {
    ...wiredHeadset,
    id: 'engage-50-ii',
    name: 'Jabra Engage 50 II',
    address: Address.base,
    settings: settingSets.wiredEngageHeadset,
    products: [...products('community', 'Jabra Engage 50 II', [0x4051, 0x4056]), ...products('community', 'Jabra Engage 50 II (boot)', 0x4050)],
  },
  {
    ...wirelessHeadset,
    id: 'engage-65',
    name: 'Jabra Engage 65',
    settings: settingSets.engageHeadset,
    // No public source names an id; virtual ones need one.
    products: products('synthetic', 'Jabra Engage 65', 0xf001),
  },
  {
    ...wirelessHeadset,
    id: 'engage-75',
    name: 'Jabra Engage 75',
    settings: settingSets.engageHeadset,
    products: products('usb-ids', 'Jabra Engage 75 (stereo)', 0xa346),
  },
  { ...link, id: 'link-370', name: 'Jabra Link 370', products: products('usb-ids', 'Jabra Link 370', 0x245e) },
  { ...link, id: 'link-380', name: 'Jabra Link 380', products: products('vendor', 'Jabra Link 380', [0x24c7, 0x24ca], 0x24e9) },
  { ...link, id: 'link-390', name: 'Jabra Link 390', products: products('vendor', 'Jabra Link 390', 0x2e50, 0x2e51, 0x2e56, 0x2e57) },
  { ...speak, id: 'speak2-40', name: 'Jabra Speak2 40', hasBattery: false, products: products('vendor', 'Jabra Speak2 40', 0xae6d, 0xae6b) },
  { ...speak, id: 'speak2-55', name: 'Jabra Speak2 55', products: products('vendor', 'Jabra Speak2 55', 0xae6c, 0xae6a, 0xae70) },
  { ...speak, id: 'speak2-75', name: 'Jabra Speak2 75', products: products('vendor', 'Jabra Speak2 75', [0x24ef, 0x24f1]) },
  {
    ...wirelessHeadset,
    ...unnamed,
    name: 'Jabra headset',
    products: [
      ...products('vendor', 'Jabra Evolve 65e', 0x248e),
      ...products('vendor', 'Jabra Evolve 65t', 0x2497),
      ...products('community', 'Jabra Evolve3 45', [0x254f, 0x2554]),
      ...products('community', 'Jabra Evolve3 65', [0x2549, 0x254e]),
      ...products('community', 'Jabra Evolve3 65 Flex', [0x2555, 0x2557]),
      ...products('community', 'Jabra Evolve3 75', [0x2546, 0x2548]),
      // The ids are in fwupd's list, their name is not.
      ...products('community', 'Jabra Evolve3 85', [0x253d, 0x253f]),
      ...products('usb-ids', 'Jabra UC Voice 150a MS', 0x0343),
      ...products('usb-ids', 'Jabra UC Voice 550a MS', 0x0348),
      ...products('usb-ids', 'Jabra UC Voice 750 MS', 0x034c),
      ...products('usb-ids', 'Jabra UC Voice 750', 0x034d),
      ...products('usb-ids', 'Jabra Revo', 0x094d),
      ...products('usb-ids', 'Jabra Pro 930', 0x1017),
      ...products('usb-ids', 'Jabra Pro 9450', 0x1022),
      ...products('usb-ids', 'Jabra Pro 9460', 0x1041),
      ...products('usb-ids', 'Jabra Biz 1900', 0x1900),
      ...products('usb-ids', 'GN2000', 0x2007),
      ...products('usb-ids', 'GN9330', 0x9330),
      ...products('usb-ids', 'Jabra BT620s', 0x620c),
      ...products('usb-ids', 'AW988', 0xa50a),
    ],
  },
  { ...speak, ...unnamed, name: 'Jabra speakerphone', products: products('usb-ids', 'Jabra Freeway', 0x0933) },
  { ...link, ...unnamed, name: 'Jabra dongle', products: products('usb-ids', 'Jabra Evolve Link MS', 0x0305) },
];
