export { HidError, type HidErrorCode } from './errors.ts';
export { hidrawHotplug, type HotplugSource, usbHotplug } from './hotplug.ts';
export type { NodeHidBinding, NodeHidDevice, NodeHidHandle } from './native-binding.ts';
export { nodeHidPort, type NodeHidOptions } from './node-hid-port.ts';
export { type HidPlatform, linuxPlatform, plainPlatform, windowsPlatform } from './platform.ts';
export { virtualBusPort, type VirtualBusOptions } from './virtual-bus-port.ts';
export { reachVirtualBus } from './reach-virtual-bus.ts';
