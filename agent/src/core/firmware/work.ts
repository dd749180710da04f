import type { ManagedDevice } from '../devices/managed-device.ts';
import type { FirmwareContext } from './engine-context.ts';
import type { FirmwareNotes } from './notes.ts';
import type { RunResult } from './outcome.ts';
import type { PackageShelf } from './package-shelf.ts';
import type { RunningUpdate } from './plan.ts';
import { PaceWatch } from './pace.ts';
import { plugsOf, type Reach } from './reach.ts';
import type { SentBytes } from './sent-meter.ts';
import { UpdateSession } from './session.ts';
import type { FirmwareActivity } from './view.ts';

const firstRetryMs = 5000;
const longestRetryMs = 300_000;

export interface WorkContext extends FirmwareContext {
  readonly shelf: PackageShelf;
  /** Whether nothing forbids to begin to write now. */
  readonly mayWrite: () => boolean;
  /** How far it is changed. */
  readonly onProgress: () => void;
  /** It began or ended to work on the device: others may have to wait, or go on. */
  readonly onTurn: () => void;
}

interface Running extends RunningUpdate {
  readonly startedAt: number;
  readonly sent: SentBytes | null;
}

/**
 * The update of one device, one at a time.
 *
 * INVARIANT: nothing is sent to the device before it is durable that it was begun.
 */
export class UpdateWork {
  readonly #context: WorkContext;
  readonly #notes: FirmwareNotes;
  #plugs: ReadonlySet<string> | null = null;
  #running: Running | null = null;
  #session: UpdateSession | null = null;
  #sentLast: SentBytes | null = null;
  #paceWatch = new PaceWatch();
  #retryAt: number | null = null;
  #retries = 0;
  #ended: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(context: WorkContext, notes: FirmwareNotes) {
    this.#context = context;
    this.#notes = notes;
  }

  /** What it works on is plugged in there; null while it doesn't work. */
  get plugs(): ReadonlySet<string> | null {
    return this.#plugs;
  }

  /** From the first question to the device. */
  get running(): RunningUpdate | null {
    return this.#running;
  }

  get activity(): FirmwareActivity | null {
    const running = this.#running;
    if (!running) return null;
    const { phase, progress, startedAt, version, sent } = running;
    return { phase, progress, startedAt, version, sent, secondsAfterSending: this.#notes.pace?.secondsAfterSending ?? null };
  }

  /** Of the bytes of the update that runs, or ran last, percent that the device acknowledged; null where none was. */
  get percentSent(): number | null {
    const sent = this.#sentLast;
    return sent && Math.floor((sent.done / sent.total) * 100);
  }

  /** Unix milliseconds; null where nothing went wrong since the device came. */
  get retryAt(): number | null {
    return this.#retryAt;
  }

  /** Nothing keeps it from being tried at once. */
  retryNow(): void {
    this.#retryAt = null;
    this.#retries = 0;
  }

  /** The device went: it is tried again as soon as it is back. */
  wentAway(): void {
    this.#retryAt = null;
  }

  /** Another version is desired, or none: what can still be called off is. */
  callOffUnless(version: string | null): void {
    if (this.#running && this.#running.version !== version) this.#session?.cancel();
  }

  begin(device: ManagedDevice, reach: Reach): void {
    if (this.#plugs || this.#isStopped) return;
    this.#plugs = plugsOf(device.routes.values());
    this.#ended = this.#update(device, reach)
      .catch((error: unknown) => {
        this.#context.log.error('a firmware update ended unexpectedly', { deviceId: this.#notes.deviceId, error });
        this.#later();
      })
      .finally(() => {
        this.#plugs = null;
        this.#running = null;
        this.#session = null;
        this.#context.onTurn();
      });
  }

  /** Calls off what can still be called off, and resolves when it ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#session?.cancel();
    await this.#ended;
  }

  async #update(device: ManagedDevice, reach: Reach): Promise<void> {
    const { shelf, clock, log } = this.#context;
    const { managed, deviceId } = this.#notes;
    const from = device.facts?.version;
    if (!managed?.package || from === undefined || from === null) return;
    const firmware = await shelf.read(managed.package);
    if (!firmware || this.#isStopped) return;
    const { version } = managed;
    this.#running = { version, phase: 'checking', progress: 0, isAway: false, startedAt: clock.now(), sent: null };
    this.#sentLast = null;
    this.#paceWatch = new PaceWatch();
    this.#context.onTurn();
    await this.#notes.started(managed, from);
    log.info('a firmware update begins', { deviceId, from, to: version });
    this.#session = this.#newSession(device);
    if (this.#isStopped) this.#session.cancel();
    const result = await this.#session.run({ firmware, digest: managed.package.sha256, way: reach.way, address: reach.address }, reach);
    if (result.kind === 'updated') this.#notes.notePace(reach.route.transport, this.#paceWatch.ended(clock.now()));
    log.info('a firmware update ended', { deviceId, ...result });
    this.#running = null;
    await this.#afterwards(result);
  }

  #newSession(device: ManagedDevice): UpdateSession {
    const { entropy, mayWrite } = this.#context;
    return new UpdateSession(
      {
        ...this.#context,
        mayWrite,
        md5: entropy,
        journal: this.#notes.journal,
        onProgress: (phase, progress) => {
          this.#notes.notePhase(phase);
          this.#progress({ phase, progress });
        },
        onSent: (sent) => {
          this.#sentLast = sent ?? this.#sentLast;
          this.#progress({ sent });
        },
        onAway: (isAway) => {
          this.#progress({ isAway });
        },
        onRestoring: () => {
          this.#progress({ phase: 'restoring', progress: 100, isAway: false });
        },
      },
      device,
    );
  }

  #progress(changes: Partial<Running>): void {
    if (this.#running) {
      this.#running = { ...this.#running, ...changes };
      this.#paceWatch.at(this.#running.phase, this.#running.sent, this.#context.clock.now());
    }
    this.#context.onProgress();
  }

  async #afterwards(result: RunResult): Promise<void> {
    const { record } = this.#notes;
    if (!record) return;
    if (result.kind !== 'cancelled' && result.kind !== 'forbidden') this.#later();
    if (result.kind === 'failed') {
      await this.#notes.failed(record, result.error);
    } else if (result.kind === 'cut-off') {
      await this.#notes.cutOff(record, result.phase);
    } else {
      // Where it is updated, that is found out by reading it again.
      const journal = result.kind === 'forbidden' ? null : record.journal;
      this.#notes.put({ ...record, phase: null, journal });
      await (this.#isStopped ? this.#notes.save() : this.#notes.tell());
    }
  }

  /** Should it have to be tried again: not at once. */
  #later(): void {
    this.#retryAt = this.#context.clock.now() + Math.min(firstRetryMs * 2 ** this.#retries, longestRetryMs);
    this.#retries += 1;
  }
}
