import { parseReportDescriptor } from '../hid/index.ts';
import type { Clock, Timer } from '../session/clock.ts';
import type { HidChannel, HidPathInfo } from '../session/hid-port.ts';
import type { CallLease } from './call-lock.ts';
import { type CallStatus, type CallVerb, isOffHook, lampsOf, stateAfter } from './call-state.ts';
import { CallError } from './errors.ts';
import { hookEchoMs, HookWatch } from './hook-watch.ts';
import { type ControlEvent, InputDecoder } from './input-decoder.ts';
import { Listeners } from './listeners.ts';
import { OutputWriter } from './output-writer.ts';
import { RequestReader } from './request-reader.ts';
import type { CallRequest } from './requests.ts';
import { findTelephonyLayout, type TelephonyLayout } from './telephony-layout.ts';

/** An open path of a device. */
export interface CallPath {
  readonly info: HidPathInfo;
  readonly channel: HidChannel;
}

export interface CallControlOptions {
  /** Every path of the device that has call control; more don't hurt. Whoever opened them closes them. */
  readonly paths: readonly CallPath[];
  readonly clock: Clock;
  /** Of the device's physical port. */
  readonly lease: CallLease;
  /** Asked when the device wants to mute or unmute; false undoes it. Without it the device's wish is done. */
  readonly confirmMute?: (muted: boolean) => boolean;
}

/**
 * A host's own mute and a press on the device that cross each other within this time are one wish: else the press, which only says "the other way",
 * would unmute somebody who asked twice to be muted (the figure is ours).
 */
const crossingMs = 100;

/**
 * Call control of one device, for the program that owns the call: what the owner does is shown on the device, what the person wears on the head wants
 * comes as a request. It writes telephony reports; a program that only wants to know uses `CallObserver`.
 *
 * One call at a time. Mute has a meaning in a call only, and the device's own mute can't be read: each call begins with the mute that is given.
 */
export class CallControl {
  readonly layout: TelephonyLayout;
  readonly #clock: Clock;
  readonly #lease: CallLease;
  readonly #confirmMute: (muted: boolean) => boolean;
  readonly #writer: OutputWriter;
  readonly #hook = new HookWatch();
  readonly #reader = new RequestReader(this.#hook);
  readonly #unsubscribe: readonly (() => void)[];
  readonly #requests = new Listeners<CallRequest>();
  readonly #statuses = new Listeners<CallStatus>();
  readonly #ends = new Listeners<string>();
  #status: CallStatus = { state: 'idle', muted: false, ringer: false };
  #ended: string | null = null;
  #mutedByHostAt = Number.NEGATIVE_INFINITY;
  #reconsider: Timer | null = null;

  private constructor({ paths, clock, lease, confirmMute }: CallControlOptions, layout: TelephonyLayout) {
    this.layout = layout;
    this.#clock = clock;
    this.#lease = lease;
    this.#confirmMute = confirmMute ?? (() => true);
    const channels = paths.map(({ channel }) => channel);
    this.#writer = new OutputWriter(layout, channels, lease);
    const decoder = new InputDecoder(layout);
    this.#unsubscribe = [
      ...channels.map((channel, path) => channel.onReport((report) => decoder.decode(path, report).forEach((event) => this.#heard(event)))),
      ...channels.map((channel) => channel.onClosed((reason) => this.#lose(reason))),
      lease.onEnded(() => this.#lose('the call lock was given up or lost')),
    ];
  }

  /**
   * Takes the device over: all lamps dark, since nobody can ask it where it is. Rejects with `CallError` `no-lock`, `unsupported`, `disconnected`, and
   * with `HidDescriptorError` for a descriptor that can't be read.
   */
  static async open(options: CallControlOptions): Promise<CallControl> {
    const { paths, lease } = options;
    if (!lease.held || paths.some(({ info }) => info.physicalPort !== lease.device))
      throw new CallError('no-lock', 'the lease is of another device, or over');
    const layout = findTelephonyLayout(paths.map(({ channel }) => channel.descriptor && parseReportDescriptor(channel.descriptor)));
    if (!layout) throw new CallError('unsupported', 'the device has no call control, or nothing describes it');
    const control = new CallControl(options, layout);
    try {
      await control.#show();
    } catch (error) {
      control.#end();
      throw error;
    }
    return control;
  }

  get status(): CallStatus {
    return this.#status;
  }

  /** What the device asks for. Returns what ends the subscription. */
  onRequest(listener: (request: CallRequest) => void): () => void {
    return this.#requests.add(listener);
  }

  /** Each change of state, mute or ringer, whoever made it. Returns what ends the subscription. */
  onStatus(listener: (status: CallStatus) => void): () => void {
    return this.#statuses.add(listener);
  }

  /** Called once if the device or the lock is lost; the call is idle then as far as the device goes. Not after `close`. */
  onLost(listener: (reason: string) => void): () => void {
    return this.#ends.add(listener);
  }

  // Every verb resolves once the device has the report, and rejects with `CallError` `wrong-state`, `no-lock`, `disconnected`.

  /** Somebody calls. */
  ring({ ringer = true }: { readonly ringer?: boolean } = {}): Promise<void> {
    return this.#do('ring', { ringer });
  }

  /** The call is taken: on the PC, or because the device asked. */
  answer({ muted = false }: { readonly muted?: boolean } = {}): Promise<void> {
    return this.#do('answer', { muted, ringer: false });
  }

  reject(): Promise<void> {
    return this.#do('reject', { ringer: false });
  }

  /** We call somebody. */
  dial({ muted = false }: { readonly muted?: boolean } = {}): Promise<void> {
    return this.#do('dial', { muted });
  }

  /** Whom we call has answered. */
  connected(): Promise<void> {
    return this.#do('connected');
  }

  /** The call is over, whoever ended it. */
  hangUp(): Promise<void> {
    return this.#do('hangUp', { muted: false, ringer: false });
  }

  hold(): Promise<void> {
    return this.#do('hold');
  }

  resume(): Promise<void> {
    return this.#do('resume');
  }

  /** In a call only. */
  async mute(muted: boolean): Promise<void> {
    this.#check(isOffHook(this.#status.state), 'mute');
    if (muted === this.#status.muted) return;
    this.#mutedByHostAt = this.#clock.monotonic();
    await this.#become({ ...this.#status, muted });
  }

  /** Sound or silence while it rings. */
  async ringer(ringer: boolean): Promise<void> {
    this.#check(this.#status.state === 'ringing', 'ringer');
    await this.#become({ ...this.#status, ringer });
  }

  /** Ends the call on the device and lets go of it; the lease stays the owner's to release. Never rejects. */
  async close(): Promise<void> {
    if (this.#ended !== null) return;
    this.#ends.clear();
    this.#status = { state: 'idle', muted: false, ringer: false };
    const dark = this.#show();
    this.#end();
    // A device that is gone is dark.
    await dark.catch(() => undefined);
  }

  async #do(verb: CallVerb, change: Partial<CallStatus> = {}): Promise<void> {
    const state = stateAfter(this.#status.state, verb);
    this.#check(state !== null, verb);
    if (state !== null) await this.#become({ ...this.#status, ...change, state });
  }

  #check(makesSense: boolean, verb: string): void {
    if (!this.#lease.held) throw new CallError('no-lock', 'the call lock of the device was given up or lost');
    if (this.#ended !== null) throw new CallError('disconnected', this.#ended);
    if (!makesSense) throw new CallError('wrong-state', `${verb} makes no sense while the call is ${this.#status.state}`);
  }

  async #become(status: CallStatus): Promise<void> {
    const before = this.#status;
    const now = this.#clock.monotonic();
    this.#status = status;
    this.#reader.moved(before.state, status.state, now);
    if (isOffHook(before.state) !== isOffHook(status.state)) this.#awaitHook(isOffHook(status.state), now);
    const shown = this.#show();
    this.#statuses.tell(status);
    await shown;
  }

  #awaitHook(offHook: boolean, now: number): void {
    this.#hook.wrote(offHook, now);
    this.#reconsider?.cancel();
    this.#reconsider = this.#clock.setTimer(hookEchoMs, () => {
      this.#ask(this.#reader.reconsider(this.#status.state, this.#clock.monotonic()));
    });
  }

  async #show(status: CallStatus = this.#status): Promise<void> {
    try {
      await this.#writer.write(lampsOf(status));
    } catch (error) {
      this.#lose('the device took no report');
      throw error;
    }
  }

  #heard(event: ControlEvent): void {
    if (this.#ended !== null) return;
    if (event.kind === 'press' && event.button === 'mute' && isOffHook(this.#status.state)) this.#mutePressed();
    else this.#ask(this.#reader.read(event, this.#status.state, this.#clock.monotonic()));
  }

  /** The device waits for its mute LED and loses presses until then (facts D3), so it is told what it wants first, and the owner's veto afterwards. */
  #mutePressed(): void {
    // Whichever way the device asked for, it sees its LED go there, and then to what both want.
    if (this.#clock.monotonic() - this.#mutedByHostAt < crossingMs) {
      this.#echo(!this.#status.muted);
      return;
    }
    const muted = !this.#status.muted;
    const accepted = this.#confirmMute(muted);
    if (accepted) this.#unattended(this.#become({ ...this.#status, muted }));
    else this.#echo(muted);
    this.#ask({ kind: 'mute', muted, accepted });
  }

  /** Confirms a mute that isn't wanted, and takes it back. */
  #echo(muted: boolean): void {
    this.#unattended(this.#show({ ...this.#status, muted }));
    this.#unattended(this.#show());
  }

  /** Nobody waits for it; who listens to `onLost` is told if it fails. */
  #unattended(written: Promise<void>): void {
    void written.catch(() => undefined);
  }

  #ask(request: CallRequest | null): void {
    if (request) this.#requests.tell(request);
  }

  #lose(reason: string): void {
    if (this.#ended !== null) return;
    const before = this.#status;
    this.#status = { state: 'idle', muted: false, ringer: false };
    this.#end(reason);
    if (before.state !== 'idle') this.#statuses.tell(this.#status);
    this.#ends.tell(reason);
  }

  #end(reason = 'call control of the device was closed'): void {
    this.#ended = reason;
    this.#reconsider?.cancel();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}
