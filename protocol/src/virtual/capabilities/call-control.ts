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
import type { Clock, Timer } from '../../session/clock.ts';

const ledPage = 0x08;
const telephonyPage = 0x0b;
const buttonPage = 0x09;
const consumerPage = 0x0c;

/** Where the buttons are: usages of HID page 0B (telephony), 09 (button) and 0C (consumer). */
const buttons = {
  hook: { usagePage: telephonyPage, usage: 0x20 },
  mute: { usagePage: telephonyPage, usage: 0x2f },
  flash: { usagePage: telephonyPage, usage: 0x21 },
  redial: { usagePage: telephonyPage, usage: 0x24 },
  'line-busy': { usagePage: telephonyPage, usage: 0x97 },
  'volume-up': { usagePage: consumerPage, usage: 0xe9 },
  'volume-down': { usagePage: consumerPage, usage: 0xea },
  'speed-dial': { usagePage: telephonyPage, usage: 0x50 },
  programmable: { usagePage: buttonPage, usage: 0x07 },
} as const;

/**
 * What can be pressed. `line-busy` is not a button but a call on the device's other line, which comes or goes; `reject` is the button pressed twice
 * while it rings.
 */
export type VirtualButton = keyof typeof buttons | 'reject';

// The object has no other keys.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const virtualButtons = [...Object.keys(buttons), 'reject'] as readonly VirtualButton[];

export const isVirtualButton = (name: string): name is VirtualButton => name === 'reject' || Object.hasOwn(buttons, name);

/** After this time the device takes a hook press back that the host didn't confirm: an Engage 50, WICG/webhid issue 61. (There a press to answer; to end, ours.) */
const hookTakenBackMs = 2000;

interface Leds {
  readonly offHook: boolean;
  readonly mute: boolean;
  readonly ring: boolean;
  readonly hold: boolean;
  readonly ringer: boolean;
}

const dark: Leds = { offHook: false, mute: false, ring: false, hold: false, ringer: false };

/** Whom a device tells. */
interface CallHost {
  readonly clock: Clock;
  send(report: Uint8Array): void;
}

/**
 * Call control of a device, at the bits that its own descriptor names.
 *
 * The host decides what state a call is in, by LEDs; hook and mute presses only ask (facts D3). When the off-hook LED changes, the hook follows, and the
 * device says so: the vendor's guide calls it the acknowledgement. Outside a call a mute press is not sent. Inside one the device waits until the host
 * echoes the mute LED; until then the next press is lost. The vendor's mirror of all this (report 4) stays silent.
 */
export class CallControl {
  readonly #bytes: Uint8Array;
  /** Parsed when a call first needs it: it is most of what a virtual device would weigh. */
  #parsed: ReportDescriptor | null = null;
  #host: CallHost | null = null;
  #leds = dark;
  #hook = false;
  #takingBack: Timer | null = null;
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

  /** It rings aloud, not by light only. */
  get sounding(): boolean {
    return this.#leds.ringer;
  }

  plug(host: CallHost): void {
    this.#host = host;
  }

  /** Takes an output report of the host; others than those of the LEDs are ignored. */
  receive(report: Uint8Array): void {
    const read = (usage: number, usagePage = ledPage): boolean | null => {
      const field = findField(this.#descriptor, { kind: 'output', usagePage, usage });
      return field && report[0] === field.field.reportId && 8 + field.bitOffset + field.bitSize <= report.length * 8
        ? readValue(report, field) !== 0
        : null;
    };
    const offHook = read(0x17);
    if (offHook === null) return;
    const muteLed = read(0x09) ?? false;
    if (!offHook || muteLed === this.#awaitedMute) this.#awaitedMute = null;
    const isHookMoved = offHook !== this.#leds.offHook;
    // A mute command has no effect outside a call (facts D3).
    this.#leds = {
      offHook,
      mute: offHook && muteLed,
      ring: read(0x18) ?? false,
      hold: read(0x20) ?? false,
      ringer: read(0x9e, telephonyPage) ?? false,
    };
    if (isHookMoved) this.#followHost();
  }

  /** The input reports of a press, none where the device keeps it to itself; null where it has no such button. */
  press(button: VirtualButton): readonly Uint8Array[] | null {
    if (button === 'reject') return this.#reject();
    const field = findField(this.#descriptor, { kind: 'input', ...buttons[button] });
    if (!field) return null;
    if (button === 'hook' && !field.field.isRelative) {
      this.#hook = !this.#hook;
      this.#takingBack?.cancel();
      if (this.#hook !== this.#leds.offHook)
        this.#takingBack =
          this.#host?.clock.setTimer(hookTakenBackMs, () => {
            this.#followHost();
          }) ?? null;
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
    this.#takingBack?.cancel();
    this.#leds = dark;
    this.#hook = false;
    this.#lineBusy = false;
    this.#awaitedMute = null;
  }

  /** The programmable button where there is one (GOnnect), else the hook up and down. */
  #reject(): readonly Uint8Array[] | null {
    const isProgrammable = findField(this.#descriptor, { kind: 'input', ...buttons.programmable }) !== null;
    if (!isProgrammable && !findField(this.#descriptor, { kind: 'input', ...buttons.hook })) return null;
    if (!this.#leds.ring) return [];
    return isProgrammable ? this.press('programmable') : [...(this.press('hook') ?? []), ...(this.press('hook') ?? [])];
  }

  /** The hook is where the host's LED is; the device says so where it wasn't. */
  #followHost(): void {
    this.#takingBack?.cancel();
    if (this.#hook === this.#leds.offHook) return;
    this.#hook = this.#leds.offHook;
    const field = findField(this.#descriptor, { kind: 'input', ...buttons.hook });
    if (field && !field.field.isRelative) this.#host?.send(this.#report(field, false));
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
