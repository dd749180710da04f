import { type CallState, isOffHook } from './call-state.ts';
import type { ButtonName } from './controls.ts';
import type { HookWatch } from './hook-watch.ts';
import type { ControlEvent } from './input-decoder.ts';
import { type CallRequest, doublePressMs, latePressMs } from './requests.ts';

type HookRequest = 'answer' | 'call' | 'end';

/** What a device's events ask for, given where the call is. Knows which hook request the owner hasn't acted on; a mute press is not its business. */
export class RequestReader {
  readonly #hook: HookWatch;
  #pending: { readonly of: HookRequest; readonly at: number } | null = null;
  #rangUntil = Number.NEGATIVE_INFINITY;
  #lineBusy = false;

  constructor(hook: HookWatch) {
    this.#hook = hook;
  }

  /** The call went on: whatever was asked for has been decided. */
  moved(from: CallState, to: CallState, now: number): void {
    if (from === to) return;
    this.#pending = null;
    if (from === 'ringing' && !isOffHook(to)) this.#rangUntil = now;
  }

  /** At `now`, monotonic ms; null where nothing is asked for. */
  read(event: ControlEvent, state: CallState, now: number): CallRequest | null {
    switch (event.kind) {
      case 'switch':
        if (event.name === 'hook') return this.#hook.saw(event.on, now) ? this.#hookMoved(event.on, state, now) : null;
        return event.name === 'lineBusy' ? this.#line(event.on) : null;
      case 'toggle':
        // Such a hook has no state, so each press means whatever makes sense.
        return event.name === 'hook' ? this.#hookMoved(!isOffHook(state), state, now) : null;
      case 'press':
        return button(event.button, state);
      case 'key':
        return { kind: 'key', key: event.key };
    }
  }

  /** A hook change that was taken for the device's answer to the host, and turned out to be a press. */
  reconsider(state: CallState, now: number): CallRequest | null {
    return this.#hook.wasPress(isOffHook(state), now) ? this.#hookMoved(!isOffHook(state), state, now) : null;
  }

  #hookMoved(up: boolean, state: CallState, now: number): CallRequest | null {
    const wanted: HookRequest | null = isOffHook(state) ? (up ? null : 'end') : up ? (state === 'ringing' ? 'answer' : 'call') : null;
    if (wanted === null) return this.#takenBack(now);
    if (wanted === 'call' && now - this.#rangUntil < latePressMs) return { kind: 'late' };
    this.#pending = { of: wanted, at: now };
    return { kind: wanted };
  }

  /** A headset takes back a press that nobody acts on: an Engage 50 after about 2 s (WICG/webhid issue 61). A person who presses again is quicker. */
  #takenBack(now: number): CallRequest | null {
    const pending = this.#pending;
    this.#pending = null;
    if (!pending) return null;
    return pending.of === 'answer' && now - pending.at < doublePressMs ? { kind: 'reject' } : { kind: 'withdrawn', of: pending.of };
  }

  #line(busy: boolean): CallRequest | null {
    if (busy === this.#lineBusy) return null;
    this.#lineBusy = busy;
    return { kind: 'lineBusy', busy };
  }
}

function button(name: ButtonName, state: CallState): CallRequest {
  if (name === 'redial' || name === 'speedDial') return { kind: name };
  if (name === 'flash' && state === 'active') return { kind: 'hold' };
  if (name === 'flash' && state === 'held') return { kind: 'resume' };
  // Jabra headsets turn an incoming call down by the programmable button (GOnnect, whose authors use them); other makers' by drop.
  if ((name === 'drop' || name === 'programmable') && state === 'ringing') return { kind: 'reject' };
  if (name === 'drop' && isOffHook(state)) return { kind: 'end' };
  return { kind: 'button', button: name };
}
