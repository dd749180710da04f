import type { CancelSignal, UpdatePhase } from '@jpd/protocol';
import type { DeviceFirmware, FirmwareError, FirmwarePendingReason } from '../../contract/index.ts';
import type { SentBytes } from './sent-meter.ts';

/** What a person can say to a question, or to an update that was announced. */
export type FirmwareAnswer = 'install' | 'postpone';

/** What a user interface asks or announces. Times are Unix milliseconds. */
export type FirmwarePrompt =
  | {
      readonly kind: 'ask';
      readonly version: string;
      /** How often it can still be put off, this time included: 1 or more. */
      readonly postponementsLeft: number;
      readonly postponeHours: number;
      /** Unanswered until then, it counts as put off. */
      readonly expiresAt: number;
      /** When it installs by itself at the latest, should it be put off every time. */
      readonly installsAfter: number;
    }
  /** No postponement is left: it starts at `startsAt` by itself, or on `install` at once. */
  | { readonly kind: 'announce'; readonly version: string; readonly startsAt: number; readonly postponedTimes: number }
  /** Put off; `install` starts it at once. */
  | { readonly kind: 'postponed'; readonly version: string; readonly until: number; readonly postponementsLeft: number };

/** An update that is under way. */
export interface FirmwareActivity {
  /** `restoring`: it has the new version, and gets back what it must hold. */
  readonly phase: UpdatePhase | 'restoring';
  /** Percent, in steps of 5. */
  readonly progress: number;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** What is being installed. */
  readonly version: string;
  /** Bytes that the device acknowledged, told once a second and with each step of `progress`; null before the first. */
  readonly sent: SentBytes | null;
  /** Usual seconds from the last byte to the new version answering; null before this PC has seen an update over this transport. */
  readonly secondsAfterSending: number | null;
}

/** A package that is desired, as far as it makes a difference to a person. */
export interface FirmwareOffer {
  /** Bytes; null where no package is named. */
  readonly packageBytes: number | null;
  /** How long an update with it takes; null where it isn't here, or this PC has not seen an update over this transport yet. */
  readonly usualMinutes: number | null;
  /** Bytes may be on the device already: it goes on by itself. */
  readonly hasBegun: boolean;
}

/** A device that is connected although nothing but the one to recover may be. */
export interface OtherDevice {
  readonly deviceId: string;
  readonly name: string;
  readonly isConnected: boolean;
}

/** The steps of a recovery, as a user interface shows them (facts A3). */
export type FirmwareRecovery =
  /** Other devices must be unplugged: `recover` once more when none is connected. */
  | { readonly step: 'prepare'; readonly others: readonly OtherDevice[] }
  /** It begins by itself as soon as nothing keeps it. */
  | { readonly step: 'waiting'; readonly reason: FirmwarePendingReason | null }
  | ({ readonly step: 'running' } & FirmwareActivity)
  /** `unplugged`: names of what was unplugged for it. */
  | { readonly step: 'complete'; readonly version: string; readonly unplugged: readonly string[] }
  | { readonly step: 'failed'; readonly error: FirmwareError };

/** The firmware of one device, as a user interface needs it. */
export interface FirmwareView extends FirmwareOffer {
  readonly deviceId: string;
  /** As the device document says it. */
  readonly firmware: DeviceFirmware;
  /** What a person is asked or told, null where nothing is. */
  readonly prompt: FirmwarePrompt | null;
  /** Bytes; null where nothing is downloaded for it. */
  readonly download: { readonly done: number; readonly total: number } | null;
  readonly activity: FirmwareActivity | null;
  /** Whether `recover` is of use: it failed, and is by its cable. */
  readonly isRecoverable: boolean;
  /** Of the bytes of the last update, percent that the device acknowledged; null where this process sent none. */
  readonly percentSent: number | null;
  readonly recovery: FirmwareRecovery | null;
}

/** What came of asking for an update (command `update-firmware`). */
export type FirmwareRequestOutcome =
  | { readonly status: 'updated'; readonly version: string }
  /** It runs the desired version already. */
  | { readonly status: 'latest'; readonly version: string }
  | { readonly status: 'failed'; readonly error: FirmwareError }
  /** Nobody waits any more; it goes on by itself. */
  | { readonly status: 'waiting'; readonly reason: FirmwarePendingReason | 'postponed-by-user' | null }
  /** There is nothing to do: no such device, firmware that isn't managed, or no package. */
  | { readonly status: 'rejected'; readonly reason: 'unknown-device' | 'not-managed' | 'no-package'; readonly message: string };

/** What others ask of the firmware engine. Nothing here rejects. */
export interface FirmwareControl {
  /** Every device that is known. */
  snapshot(): readonly FirmwareView[];
  /** Called after a view changed, not for each byte. Returns what ends the subscription. */
  onChange(listener: () => void): () => void;
  /** A person's word; durable when it resolves. False where nothing was asked, or it can't be put off any more. */
  answer(deviceId: string, answer: FirmwareAnswer): Promise<boolean>;
  /** Begins a recovery, goes on after `prepare`, tries again after `failed`. False where nothing failed. */
  recover(deviceId: string): Promise<boolean>;
  /** A person closes it: what runs goes on. */
  endRecovery(deviceId: string): void;
  /**
   * Installs what is desired, what failed before included, as soon as nothing forbids it: battery, calls, the window and what a person put off still count.
   * `signal` ends the waiting, not the update. `onProgress`: percent in steps of 5, once bytes go to the device.
   */
  request(
    deviceId: string,
    options?: { readonly signal?: CancelSignal; readonly onProgress?: (percent: number) => void },
  ): Promise<FirmwareRequestOutcome>;
}
