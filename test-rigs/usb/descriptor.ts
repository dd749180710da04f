/** Descriptor types of USB 2.0, table 9-5, and HID 1.11, 7.1. */
export const descriptorType = { device: 1, configuration: 2, string: 3, interface: 4, endpoint: 5, hid: 0x21, report: 0x22 } as const;

/** bLength, bDescriptorType, then the rest. */
export const descriptor = (type: number, ...rest: readonly number[]): readonly number[] => [2 + rest.length, type, ...rest];

/** USB 2.0, 9.6.5; without a name. */
export function interfaceDescriptor(values: {
  readonly number: number;
  readonly alternate?: number;
  readonly endpoints: number;
  readonly class: number;
  readonly subclass: number;
}): readonly number[] {
  return descriptor(descriptorType.interface, values.number, values.alternate ?? 0, values.endpoints, values.class, values.subclass, 0, 0);
}
