import type { FirmwarePackage } from '../../../images/index.ts';
import { CancelSource } from '../../../session/cancel.ts';
import { DeviceError } from '../../../session/errors.ts';
import type { UpdateConnection, UpdateHost } from '../../update/index.ts';
import { type DeviceFacts, type Identity, isAbsence, readFacts, readIdentity } from './facts.ts';
import { readJournalEntry, type UpdateJournalEntry } from './journal.ts';
import { updateLimits } from './machine/index.ts';
import { type FirmwareUpdateOutcome, type FirmwareUpdateProgress, phaseOf } from './outcome.ts';
import { batteryObjection, isSameVersion, type Objection, type UpdatePlan, type UpdatePolicy, planUpdate } from './plan.ts';
import { ProgressReport } from './progress.ts';
import { reach, release, untilFound, untilGone, within } from './presence.ts';
import { type RunResult, UpdateRun } from './run.ts';

/** What to install where, and what the program that does it offers. */
export interface FirmwareUpdateOptions extends Omit<UpdateHost, 'onProgress'>, UpdatePolicy {
  readonly firmware: FirmwarePackage;
  /** Names the package in the journal, e.g. its SHA-256: what another package began is not taken up. */
  readonly digest: string;
  readonly onProgress?: (progress: FirmwareUpdateProgress) => void;
}

/** A journal that takes longer than this has failed. */
const journalMs = 10_000;

/**
 * Updates the firmware of a device that takes it over GNP, protocols 7 and 16 (facts E9), and proves it: the outcome is `updated` only where the device came
 * back with the package's version. Expected outcomes are values; it rejects for programming errors only, and always ends: every wait has a limit.
 *
 * - Before the commit the device runs what it ran and may be lost at any moment; it is waited for (45 s, three runs in all) and written from the first image.
 * - That the commit comes next is saved in `journal` before it is sent. A program that was killed calls again with the same journal: where the commit may have
 *   been sent, the device is asked for its version before anything is written.
 * - `signal` counts until then; later it is ignored, which progress and outcome say (`cancelRefused`).
 *
 * @example
 * const target = hidUpdateTarget(port, clock, info, Address.headsetViaUsb);
 * const outcome = await updateFirmware({ target, clock, firmware, digest: sha256, onProgress: ({ step, done, total }) => show(step, done / total) });
 * if (outcome.status === 'updated') console.log(`${outcome.from} → ${outcome.version}`);
 */
export async function updateFirmware(options: FirmwareUpdateOptions): Promise<FirmwareUpdateOutcome> {
  const update = new FirmwareUpdate(options);
  const entry = await update.journalEntry();
  const proven = entry ? await update.proveEarlier(entry) : null;
  return proven ?? (await update.write(entry?.attempts ?? 0));
}

class FirmwareUpdate {
  readonly #options: FirmwareUpdateOptions;
  readonly #progress: ProgressReport;

  constructor(options: FirmwareUpdateOptions) {
    this.#options = options;
    this.#progress = new ProgressReport(options.onProgress ?? null);
  }

  /** What an earlier call noted down for this package. */
  async journalEntry(): Promise<UpdateJournalEntry | null> {
    const { journal, clock, digest } = this.#options;
    const entry = journal ? readJournalEntry(await within(clock, journalMs, journal.load())) : null;
    return entry?.digest === digest ? entry : null;
  }

  /** Where the commit may have been sent: what became of it. Null where the device has to be written (again). */
  async proveEarlier(entry: UpdateJournalEntry): Promise<FirmwareUpdateOutcome | null> {
    if (entry.phase !== 'committing') return null;
    const { target, clock } = this.#options;
    this.#progress.checking('proving');
    let now: Identity | null = null;
    const isProven = ({ serial, version }: Identity): boolean => serial === entry.serial && isSameVersion(version, entry.to);
    const found = await untilFound(target, clock, updateLimits.attachMs, never, async (connection) => {
      now = await identify(connection);
      if (!now || isProven(now) || now.serial !== entry.serial) return now;
      // It may have been told and be about to restart; one that stays was not told.
      return (await untilGone(connection, clock, updateLimits.removeMs)) ? null : now;
    });
    if (found) await release(clock, found.connection);
    const last = found?.answer ?? now;
    if (last === null) return { status: 'interrupted', next: 'prove', phase: 'installing', step: 'proving', cause: null };
    if (!isProven(last)) return null;
    await this.#clearJournal();
    return { status: 'updated', from: entry.from, version: last.version, cancelRefused: this.#options.signal?.aborted ?? false };
  }

  async write(attempts: number): Promise<FirmwareUpdateOutcome> {
    const { target, clock, signal, firmware } = this.#options;
    this.#progress.checking('checking');
    if (signal?.aborted === true) return { status: 'cancelled' };
    const connection = await reach(target, clock);
    if (!connection) return interruptedBefore(null);
    const facts = await this.#facts(connection);
    if ('status' in facts) {
      await release(clock, connection);
      return facts;
    }
    const planned = planUpdate(firmware, facts, this.#options);
    if (planned.kind === 'plan') return this.#run(planned.plan, facts, connection, attempts);
    await release(clock, connection);
    if (planned.kind === 'objection') return { status: 'refused', ...planned.objection };
    return { status: 'current', version: facts.version };
  }

  async #facts(connection: UpdateConnection): Promise<DeviceFacts | FirmwareUpdateOutcome> {
    try {
      return await readFacts(connection);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      if (isAbsence(error) || error.code === 'disconnected') return interruptedBefore(error);
      return { status: 'failed', reason: error.code === 'rejected' ? 'rejected' : 'no-answer', phase: 'checking', step: 'checking', cause: error };
    }
  }

  async #run(plan: UpdatePlan, facts: DeviceFacts, connection: UpdateConnection, attempts: number): Promise<FirmwareUpdateOutcome> {
    const { target, clock, signal = null, digest, journal } = this.#options;
    let begun = attempts;
    this.#progress.plan(plan);
    const run = new UpdateRun(plan, connection, {
      target,
      clock,
      serial: facts.serial,
      signal,
      record: async (phase) => {
        if (phase === 'writing') begun += 1;
        const entry: UpdateJournalEntry = { format: 1, serial: facts.serial, digest, from: plan.from, to: plan.to, phase, attempts: begun };
        if (
          journal &&
          (await within(
            clock,
            journalMs,
            journal.save(entry).then(() => true),
          )) === null
        )
          throw new Error('the journal was not written');
      },
      recheck: (now) => this.#objectionTo(now, facts),
      onState: (state, cancelRefused) => {
        this.#progress.at(state, cancelRefused);
      },
    });
    const result = await run.run();
    if (result.state.step !== 'interrupted') await this.#clearJournal();
    return outcomeOf(plan, result);
  }

  /** Another device, or one that has run down meanwhile. */
  #objectionTo(now: DeviceFacts, before: DeviceFacts): Objection | null {
    if (now.dfuProductId !== before.dfuProductId || now.serial !== before.serial || now.updateProtocol !== before.updateProtocol)
      return { reason: 'wrong-product', message: 'another device came back in its place' };
    return batteryObjection(now, this.#options);
  }

  /** What is left in it is only asked about once more: the device says what it runs. */
  async #clearJournal(): Promise<void> {
    const { journal, clock } = this.#options;
    if (journal) await within(clock, journalMs, journal.clear());
  }
}

/** What proving an earlier commit listens to: nothing calls it off. */
const never = new CancelSource();

const interruptedBefore = (cause: Error | null): FirmwareUpdateOutcome => ({
  status: 'interrupted',
  next: 'write',
  phase: 'checking',
  step: 'checking',
  cause,
});

async function identify(connection: UpdateConnection): Promise<Identity | null> {
  try {
    return await readIdentity(connection);
  } catch (error) {
    if (error instanceof DeviceError) return null;
    throw error;
  }
}

function outcomeOf({ from }: UpdatePlan, { state, cancelRefused, cause }: RunResult): FirmwareUpdateOutcome {
  const step = state.endedIn ?? state.step;
  const phase = phaseOf(step);
  if (state.step === 'done') return { status: 'updated', from, version: state.version ?? '', cancelRefused };
  if (state.step === 'cancelled') return { status: 'cancelled' };
  if (state.objection) return { status: 'refused', ...state.objection };
  if (state.step === 'interrupted') return { status: 'interrupted', next: phase === 'installing' ? 'prove' : 'write', phase, step, cause };
  return { status: 'failed', reason: state.failure ?? 'no-answer', phase, step, cause };
}
