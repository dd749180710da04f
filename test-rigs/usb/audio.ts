import { descriptor, descriptorType, interfaceDescriptor } from './descriptor.ts';

const audioClass = 1;
const control = 1;
const streaming = 2;
const classSpecificInterface = 0x24;
const classSpecificEndpoint = 0x25;

/** Numbers of the function's interfaces; HID comes after them. */
export const audioInterface = { control: 0, out: 1, in: 2 } as const;

/** Isochronous endpoints: to the ears, from the microphone. */
export const audioEndpoint = { out: 0x01, in: 0x83 } as const;

/** Terminals and units of the function. Sound from USB to the ears, and from the microphone to USB. */
const unit = { fromUsb: 1, volume: 2, ears: 3, microphone: 4, gain: 5, toUsb: 6 } as const;
const usbStreaming = [0x01, 0x01];
const headset = [0x02, 0x04];
/** Mute and volume. */
const muteAndVolume = 0x03;

/** Bytes of one frame of 1 ms: 48 kHz, 16 bit, two channels out and one in. */
export const audioFrame = { out: 192, in: 96 } as const;

const classSpecific = (...rest: readonly number[]): readonly number[] => descriptor(classSpecificInterface, ...rest);

function stream(number: number, link: number, channels: number, endpoint: number, attributes: number, frame: number): readonly number[] {
  const as = { number, class: audioClass, subclass: streaming };
  const hz48000 = [0x80, 0xbb, 0x00];
  return [
    // Without sound: no bandwidth.
    ...interfaceDescriptor({ ...as, endpoints: 0 }),
    ...interfaceDescriptor({ ...as, alternate: 1, endpoints: 1 }),
    ...classSpecific(0x01, link, 1, 0x01, 0x00),
    ...classSpecific(0x02, 0x01, channels, 2, 16, 1, ...hz48000),
    ...descriptor(descriptorType.endpoint, endpoint, attributes, frame & 0xff, frame >> 8, 1, 0, 0),
    ...descriptor(classSpecificEndpoint, 0x01, 0x00, 0, 0, 0),
  ];
}

/** An audio function as headsets have it. USB Audio 1.0, 4.3 and 4.5; what real ones say in detail isn't public. */
export function audioInterfaces(): readonly number[] {
  const { fromUsb, volume, ears, microphone, gain, toUsb } = unit;
  const units = [
    ...classSpecific(0x02, fromUsb, ...usbStreaming, 0, 2, 0x03, 0x00, 0, 0),
    ...classSpecific(0x06, volume, fromUsb, 1, muteAndVolume, 0, 0, 0),
    ...classSpecific(0x03, ears, ...headset, microphone, volume, 0),
    ...classSpecific(0x02, microphone, ...headset, ears, 1, 0x00, 0x00, 0, 0),
    ...classSpecific(0x06, gain, microphone, 1, muteAndVolume, 0, 0),
    ...classSpecific(0x03, toUsb, ...usbStreaming, 0, gain, 0),
  ];
  const headerLength = 10;
  const total = headerLength + units.length;
  return [
    ...interfaceDescriptor({ number: audioInterface.control, endpoints: 0, class: audioClass, subclass: control }),
    ...classSpecific(0x01, 0x00, 0x01, total & 0xff, total >> 8, 2, audioInterface.out, audioInterface.in),
    ...units,
    ...stream(audioInterface.out, fromUsb, 2, audioEndpoint.out, 0x09, audioFrame.out),
    ...stream(audioInterface.in, toUsb, 1, audioEndpoint.in, 0x05, audioFrame.in),
  ];
}

/** What the volume units answer: GET_CUR, GET_MIN, GET_MAX, GET_RES of mute (one byte) and volume (two, 1/256 dB). */
const volumeAnswers: Readonly<Record<number, readonly number[]>> = { 0x81: [0x00, 0xf6], 0x82: [0x00, 0xe0], 0x83: [0x00, 0x00], 0x84: [0x00, 0x01] };

/** Answers a class request to the function, null where it has no such control. USB Audio 1.0, 5.2. */
export function audioRequest(request: number, selector: number): Uint8Array | null {
  const setCurrent = 0x01;
  if (request === setCurrent) return new Uint8Array(0);
  const volume = volumeAnswers[request];
  if (!volume) return null;
  const mute = 1;
  return selector === mute ? Uint8Array.of(0) : Uint8Array.from(volume);
}
