import { Address } from '../../frames/index.ts';
import { settingSets } from '../setting-sets.ts';
import { type Family, products } from '../types.ts';

const videoBar = {
  formFactor: 'video-bar',
  generation: 'gnp-file',
  address: Address.base,
  hasBattery: false,
  hasChildren: false,
  settings: settingSets.videoBar,
} as const;

/** Video bars, updated by file transfer (facts D1, E11). */
export const gnpFileFamilies: readonly Family[] = [
  // No public source names an id of the PanaCast 20; virtual ones need one.
  { ...videoBar, id: 'panacast-20', name: 'Jabra PanaCast 20', products: products('synthetic', 'Jabra PanaCast 20', 0xf002) },
  {
    ...videoBar,
    id: 'panacast-40',
    name: 'Jabra PanaCast 40',
    dfuProductId: 0x3080,
    products: [
      ...products('community', 'Jabra PanaCast 40 VBS', 0x3081, 0x3085, 0x3086),
      ...products('community', 'Jabra PanaCast 40 VBS (DFU id)', 0x3080),
    ],
  },
  {
    ...videoBar,
    id: 'panacast-50',
    name: 'Jabra PanaCast 50',
    dfuProductId: 0x3010,
    // 3012 first: the one that was recorded. 3010 is the DFU product id of all of them.
    products: [...products('vendor', 'Jabra PanaCast 50', 0x3012, 0x3009, 0x3011), ...products('vendor', 'Jabra PanaCast 50 (DFU id)', 0x3010)],
  },
  {
    ...videoBar,
    id: 'unknown',
    name: 'Jabra video bar',
    settings: settingSets.none,
    products: [...products('community', 'Jabra PanaCast U30', [0x3092, 0x3094]), ...products('vendor', 'ThinkSmart Bar 180', 0x306f, 0x3071, 0x3072)],
  },
];
