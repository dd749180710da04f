/** Item types and tags of short items: HID 1.11, 6.2.2.2 to 6.2.2.8. */
export const ITEM_TYPE = { main: 0, global: 1, local: 2 } as const;

export const MAIN_TAG = { input: 8, output: 9, collection: 10, feature: 11, endCollection: 12 } as const;

export const GLOBAL_TAG = {
  usagePage: 0,
  logicalMinimum: 1,
  logicalMaximum: 2,
  physicalMinimum: 3,
  physicalMaximum: 4,
  unitExponent: 5,
  unit: 6,
  reportSize: 7,
  reportId: 8,
  reportCount: 9,
  push: 10,
  pop: 11,
} as const;

export const LOCAL_TAG = {
  usage: 0,
  usageMinimum: 1,
  usageMaximum: 2,
  designatorIndex: 3,
  designatorMinimum: 4,
  designatorMaximum: 5,
  stringIndex: 7,
  stringMinimum: 8,
  stringMaximum: 9,
  delimiter: 10,
} as const;

/** First byte of a long item: HID 1.11, 6.2.2.3. */
export const LONG_ITEM_PREFIX = 0xfe;
