import { elementOf, type HidField, type HidReport, type HidUsage, readArray, readValue, usageAt } from '../hid/index.ts';
import { type ButtonName, firstKeypadUsage, type KeypadKey, keypadKeys, namesOf, type SwitchName } from './controls.ts';
import type { ControlLocation, TelephonyLayout } from './telephony-layout.ts';

/** What a device's input reports say, in the words of this layer. Letting a button go says nothing. */
export type ControlEvent =
  /** The state of a switch, whether it changed or not. */
  | { readonly kind: 'switch'; readonly name: SwitchName; readonly on: boolean }
  /** A switch that only tells that it changed. */
  | { readonly kind: 'toggle'; readonly name: SwitchName }
  | { readonly kind: 'press'; readonly button: ButtonName }
  | { readonly kind: 'key'; readonly key: KeypadKey };

/**
 * Reads input reports by a layout. Reports of others, short ones and empty ones say nothing.
 *
 * A relative button is pressed once with each report that has its bit; an absolute one when its bit comes. All known headsets send a press of mute as
 * 1 and 0 one after the other (WICG/webhid issue 72), so an absolute mute is a button as well and not the state that it wants.
 */
export class InputDecoder {
  readonly #layout: TelephonyLayout;
  readonly #down = new Set<ButtonName>();
  readonly #keysDown = new Set<KeypadKey>();

  constructor(layout: TelephonyLayout) {
    this.#layout = layout;
  }

  /** `path` as in the layout; `report` with its id first, 0 where the descriptor has none. */
  decode(path: number, report: Uint8Array): ControlEvent[] {
    return [...this.#switches(path, report), ...this.#buttons(path, report), ...this.#keys(path, report)];
  }

  #switches(path: number, report: Uint8Array): ControlEvent[] {
    return namesOf(this.#layout.switches).flatMap((name): ControlEvent[] => {
      const at = this.#layout.switches[name];
      if (!at || !isIn(at, path, report)) return [];
      const on = isActive(at, report);
      if (!at.isRelative) return [{ kind: 'switch', name, on }];
      return on ? [{ kind: 'toggle', name }] : [];
    });
  }

  #buttons(path: number, report: Uint8Array): ControlEvent[] {
    return namesOf(this.#layout.buttons).flatMap((button): ControlEvent[] => {
      const at = this.#layout.buttons[button];
      if (!at || !isIn(at, path, report)) return [];
      const isDown = isActive(at, report);
      const wasDown = !at.isRelative && this.#down.has(button);
      if (isDown) this.#down.add(button);
      else this.#down.delete(button);
      return isDown && !wasDown ? [{ kind: 'press', button }] : [];
    });
  }

  #keys(path: number, report: Uint8Array): ControlEvent[] {
    const here = this.#layout.keypad.filter((at) => isIn(at, path, report));
    if (here.length === 0) return [];
    const active = here.flatMap(({ field }) => activeUsages(report, field)).map(keyOf);
    const down = new Set(active.filter((key) => key !== null));
    const pressed = [...down].filter((key) => !this.#keysDown.has(key));
    this.#keysDown.clear();
    for (const key of down) this.#keysDown.add(key);
    return pressed.map((key) => ({ kind: 'key', key }));
  }
}

function isIn({ path, report }: { readonly path: number; readonly report: HidReport }, from: number, bytes: Uint8Array): boolean {
  return path === from && report.id === bytes[0] && bytes.length >= report.byteLength;
}

function isActive({ element, usage }: ControlLocation, report: Uint8Array): boolean {
  if (!element.field.isArray) return readValue(report, element) !== 0;
  return readArray(report, element.field).some((active) => active.usagePage === usage.usagePage && active.usage === usage.usage);
}

function activeUsages(report: Uint8Array, field: HidField): HidUsage[] {
  if (field.isArray) return readArray(report, field);
  return Array.from({ length: field.count }, (_, index) => (readValue(report, elementOf(field, index)) === 0 ? null : usageAt(field, index))).filter(
    (usage) => usage !== null,
  );
}

function keyOf({ usagePage, usage }: HidUsage): KeypadKey | null {
  return usagePage === 0x0b ? (keypadKeys[usage - firstKeypadUsage] ?? null) : null;
}
