export * from './catalogue.ts';
export * from './operator-mapping.ts';
export type { SettingType, SettingValue, SettingValues } from './types.ts';
export * from './validate.ts';
export * from './wire.ts';
export * from './wires.ts';
