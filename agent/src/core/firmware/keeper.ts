import { compareVersions } from '@jpd/protocol';
import type { DeviceFirmware, ManagedFirmware } from '../../contract/index.ts';
import type { DeviceFacts } from '../devices/document.ts';
import type { DesiredRecord } from '../devices/record.ts';
import type { FirmwareContext } from './engine-context.ts';
import { FirmwareNotes } from './notes.ts';
import type { PackageShelf } from './package-shelf.ts';
import type { PackageState } from './package-state.ts';
import { type FirmwareInput, type FirmwarePlan, mayWrite, planFirmware } from './plan.ts';
import { usualMinutes } from './pace.ts';
import { obstacleOf, plugsOf, reachOf } from './reach.ts';
import { hasBegunToWrite } from './record.ts';
import type { FirmwareActivity, FirmwareAnswer, FirmwareOffer } from './view.ts';
import { UpdateWork } from './work.ts';

/** Timers stand still while a PC sleeps: nothing is left alone for longer than that. */
const longestLookMs = 3_600_000;

export interface KeeperContext extends FirmwareContext {
  readonly shelf: PackageShelf;
  /** Another update is under way on one of these plugs. */
  readonly isBusy: (keeper: FirmwareKeeper, plugs: ReadonlySet<string>) => boolean;
  /** It began or ended to work on the device: others may have to wait, or go on. */
  readonly onTurn: () => void;
  /** Something that a user interface shows may have changed. */
  readonly onLooked: () => void;
}

const isSame = (a: string, b: string): boolean => a === b || compareVersions(a, b) === 0;

/** The firmware of one device: looks at what the plan says, and does it. */
export class FirmwareKeeper {
  readonly deviceId: string;
  readonly #context: KeeperContext;
  readonly #notes: FirmwareNotes;
  readonly #work: UpdateWork;
  #isDue = false;
  #isTelling = false;
  #timer: { cancel(): void } | null = null;
  #isStopped = false;

  constructor(context: KeeperContext, deviceId: string) {
    this.#context = context;
    this.deviceId = deviceId;
    this.#notes = new FirmwareNotes(context, deviceId);
    this.#work = new UpdateWork(
      {
        ...context,
        mayWrite: () => this.#mayWrite(),
        onProgress: () => {
          this.look();
        },
      },
      this.#notes,
    );
  }

  /** What it works on, null while it doesn't. */
  get plugs(): ReadonlySet<string> | null {
    return this.#work.plugs;
  }

  get activity(): FirmwareActivity | null {
    return this.#work.activity;
  }

  /** Of the bytes of the last update, percent that the device acknowledged; null where this process sent none. */
  get percentSent(): number | null {
    return this.#work.percentSent;
  }

  /** What is desired, its package, and what is known of an update with it. */
  get offer(): FirmwareOffer {
    const { managed, record, pace } = this.#notes;
    const packageBytes = managed?.package?.size ?? null;
    return {
      packageBytes,
      usualMinutes: pace && packageBytes !== null && this.packageState?.kind === 'ready' ? usualMinutes(pace, packageBytes) : null,
      hasBegun: record !== null && hasBegunToWrite(record),
    };
  }

  get packageState(): PackageState | null {
    const facts = this.#notes.device?.facts;
    return facts ? this.#packageState(facts, this.#notes.managed) : null;
  }

  /** What the document of a device with these facts says, and what is done next. */
  plan(facts: DeviceFacts, desired: DesiredRecord | null): FirmwarePlan {
    return planFirmware(this.#input(facts, desired));
  }

  /** The plan for what is known now. */
  planNow(): FirmwarePlan | null {
    const facts = this.#notes.device?.facts;
    return facts ? this.plan(facts, this.#notes.desired) : null;
  }

  /** Something may have changed. Looked at after what is being done now. */
  look(): void {
    if (this.#isDue || this.#isStopped) return;
    this.#isDue = true;
    void Promise.resolve().then(() => {
      this.#isDue = false;
      if (!this.#isStopped) this.#look();
    });
  }

  /** What failed, or waits after a failure, is tried again at once. */
  async retry(isAgreed: boolean): Promise<void> {
    const { managed } = this.#notes;
    this.#work.retryNow();
    if (!managed || this.#work.plugs) return;
    if (managed.package) this.#context.shelf.retry(managed.package);
    const record = this.#notes.recordFor(managed);
    this.#notes.put({ ...record, failure: null, cutOffs: {}, isAgreed: record.isAgreed || isAgreed });
    await this.#notes.tell();
  }

  /** A person's word. False where it is none that counts. */
  async answer(answer: FirmwareAnswer): Promise<boolean> {
    const { managed } = this.#notes;
    const prompt = this.planNow()?.prompt;
    if (!managed || !prompt || (answer === 'postpone' && prompt.kind !== 'ask')) return false;
    if (answer === 'install') {
      this.#notes.put({ ...this.#notes.recordFor(managed), isAgreed: true, askedAt: null, postponedUntil: null });
      await this.#notes.tell();
    } else {
      await this.#notes.postponed(managed, 'user');
    }
    return true;
  }

  /** Calls off what can still be called off, and resolves when it ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#work.stop();
  }

  #mayWrite(): boolean {
    const facts = this.#notes.device?.facts;
    return facts !== undefined && facts !== null && mayWrite(this.#input(facts, this.#notes.desired));
  }

  #packageState({ model }: DeviceFacts, managed: ManagedFirmware | null): PackageState {
    if (!managed?.package) return { kind: 'missing' };
    const reach = reachOf(this.#notes.device?.routes.values() ?? []);
    const need = { dfuProductId: model.dfuProductId, version: managed.version, isOneFile: reach?.way === 'file-transfer' };
    return this.#context.shelf.state(managed.package, need);
  }

  #input(facts: DeviceFacts, desired: DesiredRecord | null): FirmwareInput {
    const { clock, localTime, rules, isAttended, isInCall, isBusy } = this.#context;
    const routes = [...(this.#notes.device?.routes.values() ?? [])];
    const firmware = desired?.document.firmware;
    return {
      now: clock.now(),
      localTime,
      rules: rules(),
      isAttended,
      desired: desired && { firmware: desired.document.firmware, revision: desired.document.revision },
      device: {
        version: facts.version,
        isConnected: facts.connection.status === 'connected',
        battery: facts.battery,
        isReachable: reachOf(routes) !== null,
        obstacle: obstacleOf(routes),
        isInCall: isInCall(this.deviceId),
      },
      package: this.#packageState(facts, firmware?.management === 'managed' ? firmware : null),
      record: this.#notes.record,
      running: this.#work.running,
      isBusy: isBusy(this, plugsOf(routes)),
      retryAt: this.#work.retryAt,
    };
  }

  #look(): void {
    const facts = this.#notes.device?.facts;
    if (!facts) return;
    if (facts.connection.status === 'disconnected') this.#work.wentAway();
    this.#work.callOffUnless(this.#notes.managed?.version ?? null);
    this.#settle(facts);
    const plan = this.plan(facts, this.#notes.desired);
    this.#lookAt(plan.lookAt);
    this.#do(plan);
    this.#tellIfNews(plan.firmware);
    this.#context.onLooked();
  }

  #lookAt(at: number | null): void {
    this.#timer?.cancel();
    if (at === null) return;
    const { clock } = this.#context;
    this.#timer = clock.setTimer(Math.min(Math.max(0, at - clock.now()), longestLookMs), () => {
      this.look();
    });
  }

  /** What an earlier process, or an update whose device was lost, left to be found out. */
  #settle({ version }: DeviceFacts): void {
    const { record } = this.#notes;
    if (!record || this.#work.plugs) return;
    const { begun, phase } = record;
    if (begun && version !== null && isSame(version, begun.to)) void this.#notes.updated(version, record);
    else if (phase) void this.#notes.cutOff(record, phase);
    else if (!begun && version !== null && isSame(version, record.version)) void this.#notes.forget();
  }

  #do({ action }: FirmwarePlan): void {
    const { managed, device } = this.#notes;
    if (!managed || !device || this.#work.plugs) return;
    const { clock, shelf } = this.#context;
    const reach = reachOf(device.routes.values());
    switch (action.kind) {
      case 'none':
        break;
      case 'download':
        if (managed.package) shelf.need(managed.package);
        break;
      case 'ask':
        this.#notes.put({ ...this.#notes.recordFor(managed), askedAt: clock.now() });
        void this.#notes.tell();
        break;
      case 'announce':
        this.#notes.put({ ...this.#notes.recordFor(managed), askedAt: null, announcedAt: clock.now() });
        void this.#notes.tell();
        break;
      case 'postpone':
        void this.#notes.postponed(managed, 'unanswered');
        break;
      case 'fail':
        void this.#notes.failed(this.#notes.recordFor(managed), action.error);
        break;
      case 'start':
        if (reach) this.#work.begin(device, reach);
        break;
    }
  }

  #tellIfNews(firmware: DeviceFirmware): void {
    const told = this.#notes.device?.document?.firmware;
    if (this.#isTelling || !told || JSON.stringify(told) === JSON.stringify({ ...told, ...firmware })) return;
    this.#isTelling = true;
    void this.#notes.tell().finally(() => {
      this.#isTelling = false;
    });
  }
}
