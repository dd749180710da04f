import type { HidUsage } from '../hid/index.ts';

const led = (usage: number): readonly HidUsage[] => [{ usagePage: 0x08, usage }];
const telephony = (usage: number): readonly HidUsage[] => [{ usagePage: 0x0b, usage }];
const consumer = (usage: number): readonly HidUsage[] => [{ usagePage: 0x0c, usage }];

/**
 * Inputs that have a state (HID usage page 0B). `line` tells of the radio link of an adapter or base, not of a call (public API reference, signal 42);
 * `lineBusy` tells of a call, also one of another program (the same, signal 151).
 */
export const switchUsages = {
  hook: telephony(0x20),
  lineBusy: telephony(0x97),
  line: telephony(0x2a),
} as const satisfies Readonly<Record<string, readonly HidUsage[]>>;

/** Inputs that are pressed: pages 0B, 09 and 0C. With several usages any of them will do. */
export const buttonUsages = {
  mute: telephony(0x2f),
  flash: telephony(0x21),
  redial: telephony(0x24),
  speedDial: telephony(0x50),
  drop: telephony(0x26),
  // By the class definition a PanaCast 50 has it on page 09; parsers that read the page earlier see page 0B (facts D2).
  programmable: [{ usagePage: 0x09, usage: 0x07 }, ...telephony(0x07)],
  volumeUp: consumer(0xe9),
  volumeDown: consumer(0xea),
  volumeMute: consumer(0xe2),
  playPause: consumer(0xcd),
  stop: consumer(0xb7),
  nextTrack: consumer(0xb5),
  previousTrack: consumer(0xb6),
  fastForward: consumer(0xb3),
  rewind: consumer(0xb4),
} as const satisfies Readonly<Record<string, readonly HidUsage[]>>;

/** Outputs: the LEDs of page 08, and the ringer, which makes the device sound. */
export const lampUsages = {
  offHook: led(0x17),
  mute: led(0x09),
  ring: led(0x18),
  hold: led(0x20),
  microphone: led(0x21),
  onLine: led(0x2a),
  speaker: led(0x1e),
  ringer: telephony(0x9e),
} as const satisfies Readonly<Record<string, readonly HidUsage[]>>;

/** The keys of page 0B from B0 on. */
export const keypadKeys = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'] as const;
export const firstKeypadUsage = 0xb0;

export type SwitchName = keyof typeof switchUsages;
export type ButtonName = keyof typeof buttonUsages;
export type LampName = keyof typeof lampUsages;
export type KeypadKey = (typeof keypadKeys)[number];

/** The keys of an object that has no others. */
export function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.keys(table) as Name[];
}
