import {
  CancelSource,
  type Clock,
  type Digest,
  type FirmwareUpdateProgress,
  type FirmwareUpdateStep,
  findProduct,
  hidUpdateTarget,
  updateByFile,
  updateFirmware,
  type UpdateJournal,
  type UpdatePhase,
  type UpdateProgress,
  type UpdateTarget,
} from '@jpd/protocol';
import { type FirmwarePackage } from '@jpd/protocol/firmware';
import type { HidLease } from './hid-leases.ts';
import { fileResult, otaResult, type RunResult } from './outcome.ts';
import { fileOf } from './package-check.ts';
import { type SentBytes, SentMeter } from './sent-meter.ts';

/** Absent for longer than that while it takes firmware, a device was pulled out. */
const unpluggedMs = 3000;

/** What is installed where. */
export interface UpdateTask {
  readonly firmware: FirmwarePackage;
  /** SHA-256 of the package. */
  readonly digest: string;
  readonly way: 'over-the-air' | 'file-transfer';
  /** GNP address. */
  readonly address: number;
}

export interface UpdateRunContext {
  readonly clock: Clock;
  readonly md5: Digest;
  readonly lease: HidLease;
  readonly journal: UpdateJournal;
  /** Whether it may begin to write; asked again where an earlier update came to nothing. */
  readonly mayWrite: () => boolean;
  /** Another phase or another 5 %. */
  readonly onProgress: (phase: UpdatePhase, percent: number) => void;
  /** Bytes that the device acknowledged, once a second and with each step of 5 %; null where the counting begins anew. */
  readonly onSent?: (sent: SentBytes | null) => void;
  /** It was pulled out, or is back, while it took firmware. */
  readonly onAway: (isAway: boolean) => void;
}

/** Steps that don't say where an update is. */
const unmoved: ReadonlySet<FirmwareUpdateStep> = new Set(['reconnecting', 'interrupted', 'failed', 'cancelled', 'refused']);

const percentOf = ({ done, total }: UpdateProgress): number => (total > 0 ? Math.min(100, Math.floor((done / total) * 20) * 5) : 0);

/** One update of one device that is leased to it, from the first question to the proof. */
export class UpdateRun {
  readonly #context: UpdateRunContext;
  readonly #cancel = new CancelSource();
  readonly #meter = new SentMeter();
  #phase: UpdatePhase = 'checking';
  #percent = 0;
  #isAway = false;
  #isForbidden = false;

  constructor(context: UpdateRunContext) {
    this.#context = context;
  }

  /** Calls it off, unless the device may have been told to install. */
  cancel(): void {
    this.#cancel.cancel();
  }

  async run(task: UpdateTask): Promise<RunResult> {
    const result = await this.#run(task);
    if (result.kind === 'cancelled' && this.#isForbidden) return { kind: 'forbidden' };
    return result.kind === 'cut-off' ? { ...result, phase: this.#phase } : result;
  }

  async #run({ firmware, digest, way, address }: UpdateTask): Promise<RunResult> {
    const { clock, lease, journal, md5 } = this.#context;
    const target = hidUpdateTarget(lease.port, clock, lease.info, address);
    const host = { target, clock, journal, signal: this.#cancel.signal };
    const endPresence = this.#watchPresence(target);
    try {
      if (way === 'over-the-air') {
        return otaResult(await updateFirmware({ ...host, firmware, digest, skipIfCurrent: true, onProgress: (progress) => this.#ota(progress) }));
      }
      const found = findProduct(lease.info.productId);
      if (!found) return fileResult({ status: 'refused', reason: 'unsupported' });
      const { version, dfuProductIds } = firmware;
      const file = { content: fileOf(firmware).content, version, dfuProductIds };
      const onProgress = (progress: UpdateProgress): void => {
        this.#file(progress);
      };
      return fileResult(await updateByFile(file, { ...host, product: found.product, digest: md5, onProgress }));
    } finally {
      endPresence();
    }
  }

  #ota(progress: FirmwareUpdateProgress): void {
    if (progress.step === 'checking') this.#askWhetherToWrite();
    // Whoever waits for a lost device is still where it was lost, and so is who gave up.
    if (!unmoved.has(progress.step)) this.#report(progress);
  }

  #file(progress: UpdateProgress): void {
    if (progress.phase === 'checking') this.#askWhetherToWrite();
    this.#report(progress);
  }

  /** It is asked before it writes: what an earlier process may have told the device to install was looked for before that, and is not there. */
  #askWhetherToWrite(): void {
    if (this.#cancel.aborted || this.#context.mayWrite()) return;
    this.#isForbidden = true;
    this.#cancel.cancel();
  }

  #report(progress: UpdateProgress): void {
    const { clock, onSent } = this.#context;
    const { phase } = progress;
    const percent = percentOf(progress);
    const isStep = phase !== this.#phase || percent !== this.#percent;
    // With a step that is told, so that both say the same.
    if (this.#meter.take(phase, progress, clock.now()) || isStep) onSent?.(this.#meter.sent);
    if (!isStep) return;
    this.#phase = phase;
    this.#percent = percent;
    this.#context.onProgress(phase, percent);
  }

  /** Its own restart is no news, and takes place while it installs. */
  #watchPresence(target: UpdateTarget): () => void {
    const { clock, lease, onAway } = this.#context;
    let isOver = false;
    let timer: { cancel(): void } | null = null;
    const tell = (isAway: boolean): void => {
      if (isOver || isAway === this.#isAway) return;
      this.#isAway = isAway;
      this.#meter.interrupted();
      this.#context.onSent?.(null);
      onAway(isAway);
    };
    const look = async (): Promise<void> => {
      const isPlugged = await lease.isPlugged().catch(() => false);
      if (isOver) return;
      if (isPlugged) {
        timer?.cancel();
        timer = null;
        tell(false);
      } else {
        timer ??= clock.setTimer(unpluggedMs, () => {
          timer = null;
          if (this.#phase !== 'installing') tell(true);
        });
      }
    };
    const end = target.onChange(() => void look());
    return () => {
      isOver = true;
      end();
      timer?.cancel();
    };
  }
}
