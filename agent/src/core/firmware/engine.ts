import type { CancelSignal } from '@jpd/protocol';
import { type DeviceFirmware } from '../../contract/index.ts';
import type { PackageReference, StoreWrite } from '../../ports/index.ts';
import type { FirmwareSide } from '../devices/device-context.ts';
import type { DeviceFacts } from '../devices/document.ts';
import type { DesiredRecord } from '../devices/record.ts';
import { Listeners } from '../listeners.ts';
import type { FirmwareContext } from './engine-context.ts';
import { FirmwareKeeper } from './keeper.ts';
import { PackageShelf } from './package-shelf.ts';
import { isRecoverable, othersOf, recoveryView, type RecoveryState } from './recovery.ts';
import { conclusion, meanwhile, refusal } from './request.ts';
import type { FirmwareAnswer, FirmwareControl, FirmwareRequestOutcome, FirmwareView } from './view.ts';

/** Installs firmware: one keeper a device, one shelf for the packages of all. */
export class FirmwareEngine implements FirmwareSide, FirmwareControl {
  readonly #context: FirmwareContext;
  readonly #keepers = new Map<string, FirmwareKeeper>();
  readonly #shelf: PackageShelf;
  readonly #changes = new Listeners<[]>();
  readonly #recoveries = new Map<string, RecoveryState>();
  /** Packages that were last said to be of use. */
  #kept: string | null = null;
  #shown = '[]';
  #isShowDue = false;
  #isClosed = false;

  constructor(context: FirmwareContext) {
    this.#context = context;
    const { clock, entropy, packages } = context;
    const onChange = (): void => {
      this.#lookAll();
    };
    this.#shelf = new PackageShelf({ clock, entropy, packages, onChange, log: context.log });
  }

  part(facts: DeviceFacts, desired: DesiredRecord | null): DeviceFirmware {
    return this.#keeper(facts.deviceId).plan(facts, desired).firmware;
  }

  changed(deviceId: string): void {
    this.#keeper(deviceId).look();
  }

  forgotten(deviceId: string): readonly StoreWrite[] {
    void this.#keepers.get(deviceId)?.stop();
    this.#keepers.delete(deviceId);
    this.#recoveries.delete(deviceId);
    const { records } = this.#context;
    return records.get(deviceId) ? [records.remove(deviceId)] : [];
  }

  /** The policy, or a call on a device, changed. */
  rulesChanged(): void {
    this.#lookAll();
  }

  /** What waits for the network needn't. */
  networkChanged(): void {
    this.#shelf.retryAll();
  }

  snapshot(): readonly FirmwareView[] {
    const documents = this.#context.devices().documents();
    return documents.flatMap(({ deviceId }) => this.#view(this.#keeper(deviceId)) ?? []);
  }

  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  async answer(deviceId: string, answer: FirmwareAnswer): Promise<boolean> {
    return (await this.#keepers.get(deviceId)?.answer(answer)) ?? false;
  }

  async recover(deviceId: string): Promise<boolean> {
    const devices = this.#context.devices();
    const document = devices.device(deviceId)?.document;
    if (!document || !isRecoverable(document)) {
      if (this.#recoveries.get(deviceId)?.step === 'going') return true;
      this.endRecovery(deviceId);
      return false;
    }
    const others = othersOf(deviceId, devices.documents());
    if (others.length > 0) {
      this.#recoveries.set(deviceId, { step: 'prepare', others });
      this.#show();
      return true;
    }
    this.#recoveries.set(deviceId, { step: 'going', unplugged: this.#unpluggedFor(deviceId) });
    await this.#keeper(deviceId).retry(true);
    return true;
  }

  endRecovery(deviceId: string): void {
    if (this.#recoveries.delete(deviceId)) this.#show();
  }

  async request(
    deviceId: string,
    { signal, onProgress }: { readonly signal?: CancelSignal; readonly onProgress?: (percent: number) => void } = {},
  ): Promise<FirmwareRequestOutcome> {
    const keeper = this.#context.devices().device(deviceId) && this.#keeper(deviceId);
    const now = (): DeviceFirmware | null => keeper?.planNow()?.firmware ?? null;
    const refused = refusal(now());
    if (!keeper || refused) return refused ?? meanwhile(null);
    await keeper.retry(false);
    return new Promise((resolve) => {
      const done = (outcome: FirmwareRequestOutcome): void => {
        end();
        signal?.removeEventListener('abort', abort);
        resolve(outcome);
      };
      const abort = (): void => {
        done(meanwhile(now()));
      };
      const look = (): void => {
        const outcome = conclusion(now());
        if (outcome) done(outcome);
        else if (keeper.activity) onProgress?.(keeper.activity.progress);
      };
      const end = this.#changes.add(look);
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) abort();
      else look();
    });
  }

  /** Calls off what can be called off, and resolves when it ended: what is being installed goes on in the device. */
  async stop(): Promise<void> {
    this.#shelf.stop();
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.stop()));
  }

  /** Nothing is saved any more: what still runs comes to nothing, or is found out at the next start. */
  close(): void {
    this.#isClosed = true;
  }

  #keeper(deviceId: string): FirmwareKeeper {
    const known = this.#keepers.get(deviceId);
    if (known) return known;
    const keeper = new FirmwareKeeper(
      {
        ...this.#context,
        shelf: this.#shelf,
        save: (writes) => (this.#isClosed ? new Promise<never>(() => undefined) : this.#context.save(writes)),
        isBusy: (asking, plugs) => [...this.#keepers.values()].some((other) => other !== asking && !isDisjoint(other.plugs, plugs)),
        onTurn: () => {
          this.#lookAll();
        },
        onLooked: () => {
          this.#showLater();
        },
      },
      deviceId,
    );
    this.#keepers.set(deviceId, keeper);
    return keeper;
  }

  /** What a person was asked to unplug, and did. */
  #unpluggedFor(deviceId: string): readonly string[] {
    const recovery = this.#recoveries.get(deviceId);
    return recovery?.step === 'prepare' ? recovery.others : (recovery?.unplugged ?? []);
  }

  #lookAll(): void {
    for (const keeper of this.#keepers.values()) keeper.look();
  }

  #view(keeper: FirmwareKeeper): FirmwareView | null {
    const { deviceId, activity, packageState } = keeper;
    const devices = this.#context.devices();
    const document = devices.device(deviceId)?.document;
    const plan = keeper.planNow();
    if (!document || !plan) return null;
    const { firmware, prompt } = plan;
    const recovery = this.#recoveries.get(deviceId);
    return {
      deviceId,
      firmware,
      prompt,
      download: packageState?.kind === 'downloading' ? { done: packageState.done, total: packageState.total } : null,
      activity,
      ...keeper.offer,
      percentSent: keeper.percentSent,
      isRecoverable: isRecoverable({ ...document, firmware }),
      recovery: recovery ? recoveryView(recovery, firmware, activity, devices.documents()) : null,
    };
  }

  /** Once for all that is looked at together. */
  #showLater(): void {
    if (this.#isShowDue) return;
    this.#isShowDue = true;
    void Promise.resolve().then(() => {
      this.#isShowDue = false;
      this.#tidy();
      this.#show();
    });
  }

  #show(): void {
    const shown = JSON.stringify(this.snapshot());
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changes.emit();
  }

  /** Deletes the packages that no device waits for. */
  #tidy(): void {
    const devices = this.#context.devices();
    const wanted = new Map<string, PackageReference>();
    for (const [deviceId, { document }] of this.#context.desired.entries()) {
      const reference = document.firmware.management === 'managed' ? document.firmware.package : undefined;
      const known = devices.device(deviceId)?.document;
      if (reference && known && known.firmware.status !== 'latest') wanted.set(reference.sha256, reference);
    }
    const kept = [...wanted.keys()].toSorted().join(' ');
    if (kept === this.#kept) return;
    this.#kept = kept;
    void this.#shelf.keepOnly([...wanted.values()]);
  }
}

const isDisjoint = (some: ReadonlySet<string> | null, others: ReadonlySet<string>): boolean => ![...(some ?? [])].some((key) => others.has(key));
