import { audioInterfaces } from './audio.ts';
import { descriptor, descriptorType, interfaceDescriptor } from './descriptor.ts';

/** Numbers of the string descriptors. */
const stringIndex = { manufacturer: 1, product: 2, serial: 3 } as const;

/** The HID interface comes after the three of the audio function, as on a recorded PanaCast 50 (facts D2). */
export const hidInterface = 3;

/** What a device says of itself on USB. */
export interface UsbIdentity {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice: 8.0.7 is 0x0800 on a recorded PanaCast 50 (facts D2). */
  readonly release: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
}

/** Of the HID interface; what has no number has no such endpoint. */
export interface HidEndpoints {
  readonly in: number;
  readonly out: number | null;
}

const low = (value: number): number => value & 0xff;
const high = (value: number): number => value >> 8;

const interruptEndpoint = (address: number): readonly number[] => descriptor(descriptorType.endpoint, address, 0x03, 64, 0, 1);

/** USB 2.0, 9.6.1. */
export function deviceDescriptor({ vendorId, productId, release }: UsbIdentity): Uint8Array {
  const ids = [vendorId, productId, release].flatMap((id) => [low(id), high(id)]);
  const strings = [stringIndex.manufacturer, stringIndex.product, stringIndex.serial];
  return Uint8Array.from(descriptor(descriptorType.device, 0x00, 0x02, 0, 0, 0, 64, ...ids, ...strings, 1));
}

/** One configuration: an audio function (headset out, microphone in) and HID beside it. USB 2.0, 9.6.3; HID 1.11, 6.2.1. */
export function configurationDescriptor(reportDescriptorLength: number, endpoints: HidEndpoints): Uint8Array {
  const hidClass = 3;
  const hid = [
    ...interfaceDescriptor({ number: hidInterface, endpoints: endpoints.out === null ? 1 : 2, class: hidClass, subclass: 0 }),
    ...descriptor(descriptorType.hid, 0x11, 0x01, 0, 1, descriptorType.report, low(reportDescriptorLength), high(reportDescriptorLength)),
    ...interruptEndpoint(endpoints.in),
    ...(endpoints.out === null ? [] : interruptEndpoint(endpoints.out)),
  ];
  const rest = [...audioInterfaces(), ...hid];
  const total = 9 + rest.length;
  // Four interfaces, configuration 1, without a name, powered by the bus, 100 mA.
  return Uint8Array.from([...descriptor(descriptorType.configuration, low(total), high(total), hidInterface + 1, 1, 0, 0x80, 50), ...rest]);
}

/** USB 2.0, 9.6.7: number 0 lists the languages, here US English. Null where there is no such string. */
export function stringDescriptor(index: number, identity: UsbIdentity): Uint8Array | null {
  if (index === 0) return Uint8Array.from(descriptor(descriptorType.string, 0x09, 0x04));
  const text = [null, identity.manufacturer, identity.product, identity.serial][index] ?? null;
  // bLength is one byte: 126 characters.
  return text === null ? null : Uint8Array.from(descriptor(descriptorType.string, ...Buffer.from(text.slice(0, 126), 'utf16le')));
}

/** Two digits of major and two of minor, binary coded. The vendor's own rule isn't public; one device was seen (facts D2). */
export function releaseOf(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map((part) => Math.min(Number.parseInt(part, 10) || 0, 99));
  const bcd = (value: number): number => (Math.floor(value / 10) << 4) | (value % 10);
  return (bcd(major) << 8) | bcd(minor);
}
