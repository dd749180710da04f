import {
  emptyReport,
  findField,
  findReport,
  type HidFieldLocation,
  parseReportDescriptor,
  readValue,
  type ReportDescriptor,
  writeValue,
} from '../../hid/index.ts';

const ledPage = 0x08;
const telephonyPage = 0x0b;
const consumerPage = 0x0c;

/** Where the buttons are: usages of HID page 0B (telephony) and 0C (consumer). */
const buttons = {
  hook: { usagePage: telephonyPage, usage: 0x20 },
  mute: { usagePage: telephonyPage, usage: 0x2f },
  flash: { usagePage: telephonyPage, usage: 0x21 },
  redial: { usagePage: telephonyPage, usage: 0x24 },
  'line-busy': { usagePage: telephonyPage, usage: 0x97 },
  'volume-up': { usagePage: consumerPage, usage: 0xe9 },
  'volume-down': { usagePage: consumerPage, usage: 0xea },
} as const;

/** What can be pressed. `line-busy` is not a button but a call on the device's other line, which comes or goes. */
export type VirtualButton = keyof typeof buttons;

// The object has no other keys.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const virtualButtons = Object.keys(buttons) as readonly VirtualButton[];

export const isVirtualButton = (name: string): name is VirtualButton => Object.hasOwn(buttons, name);

interface Leds {
  readonly offHook: boolean;
  readonly mute: boolean;
  readonly ring: boolean;
  readonly hold: boolean;
}

/**
 * Call control of a device, at the bits that its own descriptor names.
 *
 * The host decides what state a call is in, by LEDs; hook and mute presses only ask (facts D3). Outside a call a mute press is not sent. Inside one the
 * device waits until the host echoes the mute LED; until then the next press is lost.
 */
export class CallControl {
  readonly #bytes: Uint8Array;
  /** Parsed when a call first needs it: it is most of what a virtual device would weigh. */
  #parsed: ReportDescriptor | null = null;
  #leds: Leds = { offHook: false, mute: false, ring: false, hold: false };
  #hook = false;
  #lineBusy = false;
  /** The state of the mute LED that the host still has to confirm. */
  #awaitedMute: boolean | null = null;

  constructor(descriptor: Uint8Array) {
    this.#bytes = descriptor;
  }

  get #descriptor(): ReportDescriptor {
    this.#parsed ??= parseReportDescriptor(this.#bytes);
    return this.#parsed;
  }

  /** In a call, as far as the host said. */
  get offHook(): boolean {
    return this.#leds.offHook;
  }

  get muted(): boolean {
    return this.#leds.mute;
  }

  get ringing(): boolean {
    return this.#leds.ring;
  }

  get onHold(): boolean {
    return this.#leds.hold;
  }

  /** Takes an output report of the host; others than those of the LEDs are ignored. */
  receive(report: Uint8Array): void {
    const read = (usage: number): boolean | null => {
      const field = findField(this.#descriptor, { kind: 'output', usagePage: ledPage, usage });
      return field && report[0] === field.field.reportId && 8 + field.bitOffset + field.bitSize <= report.length * 8
        ? readValue(report, field) !== 0
        : null;
    };
    const offHook = read(0x17);
    if (offHook === null) return;
    const muteLed = read(0x09) ?? false;
    if (!offHook || muteLed === this.#awaitedMute) this.#awaitedMute = null;
    this.#hook = offHook;
    // A mute command has no effect outside a call (facts D3).
    this.#leds = { offHook, mute: offHook && muteLed, ring: read(0x18) ?? false, hold: read(0x20) ?? false };
  }

  /** The input reports of a press, none where the device keeps it to itself; null where it has no such button. */
  press(button: VirtualButton): readonly Uint8Array[] | null {
    const field = findField(this.#descriptor, { kind: 'input', ...buttons[button] });
    if (!field) return null;
    if (button === 'hook') {
      this.#hook = !this.#hook;
      return [this.#report(field, false)];
    }
    if (button === 'line-busy') {
      this.#lineBusy = !this.#lineBusy;
      return [this.#report(field, false)];
    }
    if (button === 'mute') {
      if (!this.#leds.offHook || this.#awaitedMute !== null) return [];
      this.#awaitedMute = !this.#leds.mute;
    }
    return [this.#report(field, true), this.#report(field, false)];
  }

  /** The device lost its host or its power. */
  reset(): void {
    this.#leds = { offHook: false, mute: false, ring: false, hold: false };
    this.#hook = false;
    this.#lineBusy = false;
    this.#awaitedMute = null;
  }

  /** The report that `field` is in: hook and line as they are, `field` as pressed. */
  #report(field: HidFieldLocation, pressed: boolean): Uint8Array {
    const layout = findReport(this.#descriptor, 'input', field.field.reportId);
    if (!layout) return new Uint8Array(0);
    const report = emptyReport(layout);
    const levels = [
      { where: buttons.hook, on: this.#hook },
      { where: buttons['line-busy'], on: this.#lineBusy },
    ];
    if (pressed) writeValue(report, field, 1);
    for (const { where, on } of levels) {
      const level = findField(this.#descriptor, { kind: 'input', reportId: layout.id, ...where });
      if (level && on) writeValue(report, level, 1);
    }
    return report;
  }
}
