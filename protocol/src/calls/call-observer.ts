import { HidDescriptorError, parseReportDescriptor, type ReportDescriptor } from '../hid/index.ts';
import type { Clock, Timer } from '../session/clock.ts';
import type { HidChannel } from '../session/hid-port.ts';
import { type ControlEvent, InputDecoder } from './input-decoder.ts';
import { Listeners } from './listeners.ts';
import { findTelephonyLayout, type TelephonyLayout } from './telephony-layout.ts';

/** The part of an open path that can be listened to: there is nothing in it to write with. */
export type ListeningChannel = Pick<HidChannel, 'descriptor' | 'onReport' | 'onClosed'>;

/**
 * What an observation can't know.
 * - `others-lamps`: always. Lamps that another program sets are seen only as far as the device answers with its hook or line; one that doesn't is in a
 *   call and looks idle. Ringing is such a lamp, and no input says it.
 * - `not-heard`: since this began, the device said nothing of a call. It speaks only when something changes, so it may have been in one all the time.
 * - `no-state`: its hook only says that it was pressed, or it has none, and no line either: only presses of mute tell of a call
 * - `no-layout`: it has no call control, or nothing (readable) describes it, as node-hid on Windows
 * - `gone`: a path was closed
 */
export type CallObservationLimit = 'others-lamps' | 'not-heard' | 'no-state' | 'no-layout' | 'gone';

export interface CallObservation {
  readonly state: 'in-call' | 'idle' | 'unknown';
  /** `reported`: the device's own word. `inferred`: it did what it does in a call only, or may still take back what it said. `none` with `unknown`. */
  readonly confidence: 'reported' | 'inferred' | 'none';
  readonly limits: readonly CallObservationLimit[];
  /** Monotonic ms of the clock: when the state or the confidence last changed. */
  readonly since: number;
}

/** A headset takes an unanswered press of its hook back after about 2 s (an Engage 50, WICG/webhid issue 61): from then on, off the hook is a call. */
export const hookSettlesMs = 2500;

/** How long a press of mute proves a call whose end nothing will tell. The figure is ours: a firmware update can wait that long. */
export const mutePressProvesMs = 600_000;

/**
 * Listens whether a device is in a call, for who must not disturb one (a firmware update). It reads input reports and never writes: telephony belongs to
 * the program that has the call.
 *
 * It knows less than it seems to: read `limits`. "idle" is what the device said last; "in-call" is also said where it is only likely, so that a mistake
 * costs a wait and not a call.
 */
export class CallObserver {
  /** Null where nothing was found to listen to. */
  readonly layout: TelephonyLayout | null;
  readonly #clock: Clock;
  readonly #unsubscribe: readonly (() => void)[];
  readonly #listeners = new Listeners<CallObservation>();
  readonly #seen: Record<'hook' | 'lineBusy', boolean | null> = { hook: null, lineBusy: null };
  /** Monotonic ms: the hook went down. */
  #hookFellAt = Number.NEGATIVE_INFINITY;
  #observation: CallObservation;
  #timer: Timer | null = null;
  #isGone = false;

  /** `channels`: the device's open paths; whoever opened them closes them. */
  constructor(channels: readonly ListeningChannel[], clock: Clock) {
    this.#clock = clock;
    this.layout = findTelephonyLayout(channels.map(({ descriptor }) => readable(descriptor)));
    this.#observation = { state: 'unknown', confidence: 'none', limits: this.#limits(), since: clock.monotonic() };
    const decoder = this.layout && new InputDecoder(this.layout);
    this.#unsubscribe = channels.flatMap((channel, path) => [
      channel.onReport((report) => {
        this.#heard(decoder?.decode(path, report) ?? []);
      }),
      channel.onClosed(() => this.#lose()),
    ]);
  }

  get observation(): CallObservation {
    return this.#observation;
  }

  /** Each change of state, confidence or limits. Returns what ends the subscription. */
  onChange(listener: (observation: CallObservation) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Stops listening; the paths stay open. */
  close(): void {
    this.#timer?.cancel();
    this.#listeners.clear();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  /** All of one report at once: hook and line may change together. */
  #heard(events: readonly ControlEvent[]): void {
    let isNews = false;
    for (const event of events) {
      if (event.kind !== 'switch' || event.name === 'line') continue;
      isNews ||= this.#seen[event.name] !== event.on;
      if (event.name === 'hook' && !event.on && this.#seen.hook === true) this.#hookFellAt = this.#clock.monotonic();
      this.#seen[event.name] = event.on;
    }
    if (isNews) this.#believeSwitches();
    const isMutePressed = events.some((event) => event.kind === 'press' && event.button === 'mute');
    if (isMutePressed && this.#seen.hook !== true && this.#seen.lineBusy !== true) this.#mutePressedOnHook();
  }

  #believeSwitches(): void {
    const { hook, lineBusy } = this.#seen;
    this.#timer?.cancel();
    if (lineBusy === true) {
      this.#conclude('in-call', 'reported');
    } else if (hook === true) {
      this.#conclude('in-call', 'inferred');
      this.#timer = this.#clock.setTimer(hookSettlesMs, () => {
        this.#conclude('in-call', 'reported');
      });
    } else if (hook === false || lineBusy === false) {
      this.#conclude('idle', 'reported');
    } else {
      this.#conclude('unknown', 'none');
    }
  }

  /**
   * A headset keeps a press of mute to itself outside a call (facts D3): whoever has the call, it didn't move the hook. Unless the hook has just been
   * pressed to end it: should the call go on, the headset takes that back and says so.
   */
  #mutePressedOnHook(): void {
    if (this.#clock.monotonic() - this.#hookFellAt < hookSettlesMs) return;
    this.#conclude('in-call', 'inferred');
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(mutePressProvesMs, () => {
      this.#believeSwitches();
    });
  }

  #lose(): void {
    this.#isGone = true;
    this.#timer?.cancel();
    this.#conclude('unknown', 'none');
  }

  #conclude(state: CallObservation['state'], confidence: CallObservation['confidence']): void {
    const before = this.#observation;
    const isSame = before.state === state && before.confidence === confidence;
    const since = isSame ? before.since : this.#clock.monotonic();
    this.#observation = { state, confidence, since, limits: this.#limits() };
    if (!isSame || before.limits.join() !== this.#observation.limits.join()) this.#listeners.tell(this.#observation);
  }

  #limits(): CallObservationLimit[] {
    const layout = this.layout;
    const hasState = (['hook', 'lineBusy'] as const).some((name) => layout?.switches[name]?.isRelative === false);
    const isHeard = this.#seen.hook !== null || this.#seen.lineBusy !== null;
    const limits: CallObservationLimit[] = ['others-lamps'];
    if (!layout) limits.push('no-layout');
    else if (!hasState) limits.push('no-state');
    else if (!isHeard) limits.push('not-heard');
    if (this.#isGone) limits.push('gone');
    return limits;
  }
}

function readable(descriptor: Uint8Array | null): ReportDescriptor | null {
  try {
    return descriptor && parseReportDescriptor(descriptor);
  } catch (error) {
    if (error instanceof HidDescriptorError) return null;
    throw error;
  }
}
