import type { BatteryReading, Clock, Timer } from '@jpd/protocol';
import type { DeviceBattery } from '../../contract/index.ts';
import { becameLow, reportDelay } from './battery-report.ts';
import type { DeviceReport } from './device-report.ts';

/** Reports what a device's battery says, moves of the level at most once a minute. Runs in its device's mailbox. */
export class BatteryReporter {
  readonly #report: DeviceReport;
  readonly #clock: Clock;
  readonly #post: (task: () => void) => Promise<void>;
  #last: BatteryReading | null = null;
  #lastLevelReportMs: number | null = null;
  #timer: Timer | null = null;

  constructor(report: DeviceReport, clock: Clock, post: (task: () => void) => Promise<void>) {
    this.#report = report;
    this.#clock = clock;
    this.#post = post;
  }

  /** What the device told unasked, or when it was asked again. */
  heard(reading: BatteryReading): void {
    const { facts } = this.#report;
    if (!facts) return;
    const isLow = this.#note(reading, facts.battery);
    const delay = reportDelay(facts.battery, reading, this.#lastLevelReportMs, this.#clock.monotonic());
    this.cancel();
    this.#report.change(
      delay === 0 ? { ...facts, battery: reading } : facts,
      isLow ? [this.#report.event('battery.low', { level: reading.level })] : [],
    );
    if (delay === 0) this.#published(reading);
    else if (delay !== null) this.#timer = this.#clock.setTimer(delay, () => void this.#post(() => this.#due()));
  }

  /** A reading that is published with everything else that was read. Says whether `battery.low` is to be told. */
  read(reading: BatteryReading): boolean {
    const isLow = this.#note(reading, this.#report.facts?.battery ?? null);
    this.#published(reading);
    return isLow;
  }

  /** Nothing is due any more until the next reading. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #note(reading: BatteryReading, reported: DeviceBattery | null): boolean {
    const isLow = becameLow(this.#last ?? reported, reading);
    this.#last = reading;
    return isLow;
  }

  #published({ level }: BatteryReading): void {
    this.cancel();
    // A level that was never known has not moved when it becomes known: that is its first reading.
    if (level !== null || this.#lastLevelReportMs !== null) this.#lastLevelReportMs = this.#clock.monotonic();
  }

  #due(): void {
    const { facts } = this.#report;
    if (!facts || !this.#last) return;
    this.#report.change({ ...facts, battery: this.#last });
    this.#published(this.#last);
  }
}
