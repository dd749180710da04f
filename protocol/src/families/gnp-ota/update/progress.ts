import { maxBlockLength } from '../../../messages/firmware.ts';
import { committedSteps, type UpdateState } from './machine/index.ts';
import { type FirmwareUpdateProgress, type FirmwareUpdateStep, phaseOf } from './outcome.ts';
import type { UpdatePlan } from './plan.ts';

/** Tells how far an update is: what the device acknowledged, not what was sent. */
export class ProgressReport {
  readonly #tell: ((progress: FirmwareUpdateProgress) => void) | null;
  #plan: UpdatePlan | null = null;
  /** Bytes before each image. */
  #before: readonly number[] = [];

  constructor(tell: ((progress: FirmwareUpdateProgress) => void) | null) {
    this.#tell = tell;
  }

  /** Before there is a plan. */
  checking(step: 'checking' | 'proving'): void {
    this.#report(step, { image: 0, imageDone: 0, done: 0 }, false);
  }

  plan(plan: UpdatePlan): void {
    this.#plan = plan;
    let sum = 0;
    this.#before = plan.images.map(({ content }) => {
      sum += content.length;
      return sum - content.length;
    });
  }

  at({ step, image, sending }: UpdateState, cancelRefused: boolean): void {
    if (!this.#tell) return;
    const length = this.#plan?.images[image]?.content.length ?? 0;
    const imageDone = sentSteps.has(step) ? length : Math.min((sending?.window.from ?? 0) * maxBlockLength, length);
    this.#report(step, { image, imageDone, done: (this.#before[image] ?? 0) + imageDone }, cancelRefused);
  }

  #report(step: FirmwareUpdateStep, at: { readonly image: number; readonly imageDone: number; readonly done: number }, cancelRefused: boolean): void {
    const images = this.#plan?.images ?? [];
    this.#tell?.({
      step,
      phase: phaseOf(step),
      ...at,
      images: images.length,
      imageTotal: images[at.image]?.content.length ?? 0,
      total: this.#plan?.bytes ?? 0,
      cancellable: step !== 'proving' && !(step !== 'checking' && committedSteps.has(step)),
      cancelRefused,
    });
  }
}

/** The image is on the device in these. */
const sentSteps: ReadonlySet<FirmwareUpdateStep> = new Set(['verifying', 'version', 'recording', 'committing', 'restarting', 'proving', 'done']);
