import type { Clock } from '@jpd/protocol';
import type { Log } from '../../ports/index.ts';
import type { DeviceManager } from '../devices/device-manager.ts';
import type { Discovery } from '../devices/discovery.ts';
import type { Platform } from '../platform/platform-wiring.ts';
import { Rest } from './rest.ts';
import { WakeWatch } from './wake-watch.ts';

export interface PowerContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly devices: Pick<DeviceManager, 'documents' | 'device'>;
  readonly discovery: Pick<Discovery, 'look'>;
  readonly platform: () => Platform | null;
  /** The platform that is spoken to, which from now on is nobody's. */
  readonly takePlatform: () => Platform | null;
  readonly openPlatform: () => void;
  readonly networkChanged: () => void;
}

/** Sleep and waking of the PC: what the platform is told, and what is looked at afterwards. */
export class Power {
  readonly #rest: Rest;
  readonly #wakeWatch: WakeWatch;

  /** `goodbyeStepMs` bounds each step of the goodbye. */
  constructor(context: PowerContext, goodbyeStepMs: number) {
    const { clock, log, platform } = context;
    this.#rest = new Rest({
      clock,
      leave: async () => {
        log.info('the computer is about to sleep');
        const left = context.takePlatform();
        left?.connector.stop();
        await left?.session.leave('sleep', goodbyeStepMs);
      },
      comeBack: () => {
        context.openPlatform();
        lookAround(context);
      },
      lookAfter: () => {
        void platform()?.session.probe();
        lookAround(context);
      },
    });
    this.#wakeWatch = new WakeWatch(clock, () => {
      log.info('time has passed without this process: the computer slept, or its clock was set');
      this.resumed();
    });
  }

  get isResting(): boolean {
    return this.#rest.isResting;
  }

  /** Watches for a sleep that nobody tells. */
  start(): void {
    this.#wakeWatch.start();
  }

  suspending(): Promise<void> {
    return this.#rest.suspending();
  }

  resumed(): void {
    this.#rest.resumed();
  }

  stop(): void {
    this.#wakeWatch.stop();
    this.#rest.stop();
  }
}

/** The network may be another, and devices may have come, gone, or been changed without a word. */
function lookAround({ networkChanged, discovery, devices }: PowerContext): void {
  networkChanged();
  discovery.look();
  for (const { deviceId } of devices.documents()) void devices.device(deviceId)?.refresh();
}
