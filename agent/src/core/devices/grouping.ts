import type { HidPathInfo } from '@jpd/protocol';

/** Several HID paths that are one device. */
export interface DeviceGroup {
  /** The same as long as the device stays in its port. */
  readonly key: string;
  readonly paths: readonly HidPathInfo[];
}

/** Groups paths by physical port and product: a device shows one path or one of each top-level collection (Windows). */
export function groupPaths(paths: readonly HidPathInfo[]): readonly DeviceGroup[] {
  const groups = new Map<string, HidPathInfo[]>();
  for (const info of paths) {
    const key = `${info.bus}:${info.physicalPort}:${info.productId.toString(16).padStart(4, '0')}`;
    groups.set(key, [...(groups.get(key) ?? []), info]);
  }
  return [...groups].map(([key, members]) => ({ key, paths: members }));
}
