import { compareVersions, type UpdateJournal, type UpdatePhase } from '@jpd/protocol';
import type { DeviceFirmware, FirmwareError, ManagedFirmware } from '../../contract/index.ts';
import type { Json, StoreWrite } from '../../ports/index.ts';
import type { DeviceFacts } from '../devices/document.ts';
import type { ManagedDevice } from '../devices/managed-device.ts';
import type { DesiredRecord } from '../devices/record.ts';
import type { EventDraft } from '../platform/outbox.ts';
import type { FirmwareContext } from './engine-context.ts';
import { afterCutOff, type RunResult } from './outcome.ts';
import type { PackageShelf } from './package-shelf.ts';
import type { PackageState } from './package-state.ts';
import { type FirmwareInput, type FirmwarePlan, mayWrite, planFirmware, type RunningUpdate } from './plan.ts';
import { obstacleOf, plugsOf, type Reach, reachOf } from './reach.ts';
import { type FirmwareRecord, recordFor } from './record.ts';
import { UpdateSession } from './session.ts';
import type { FirmwareActivity, FirmwareAnswer } from './view.ts';

const hourMs = 3_600_000;
/** Timers stand still while a PC sleeps: nothing is left alone for longer than that. */
const longestLookMs = hourMs;
const firstRetryMs = 5000;
const longestRetryMs = 300_000;

export interface KeeperContext extends FirmwareContext {
  readonly shelf: PackageShelf;
  /** Another update is under way on one of these plugs. */
  readonly isBusy: (keeper: FirmwareKeeper, plugs: ReadonlySet<string>) => boolean;
  /** It began or ended to work on the device: others may have to wait, or go on. */
  readonly onTurn: () => void;
  /** Something that a user interface shows may have changed. */
  readonly onLooked: () => void;
}

/** An update that is under way. */
interface Work extends RunningUpdate {
  readonly startedAt: number;
}

const isSame = (a: string, b: string): boolean => a === b || compareVersions(a, b) === 0;

/**
 * The firmware of one device: looks at what the plan says, and does it.
 *
 * INVARIANTS: one update at a time. What the record says changes in memory first and is written as it is then, so that no older one overtakes a newer; an event
 * and the record that it tells of become durable together. Nothing is sent to a device before it is durable that it was begun.
 */
export class FirmwareKeeper {
  readonly deviceId: string;
  readonly #context: KeeperContext;
  #session: UpdateSession | null = null;
  #work: Work | null = null;
  /** What it works on is plugged in there; null while it doesn't work. */
  #plugs: ReadonlySet<string> | null = null;
  #retryAt: number | null = null;
  #retries = 0;
  #isDue = false;
  #isTelling = false;
  #timer: { cancel(): void } | null = null;
  #ended: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(context: KeeperContext, deviceId: string) {
    this.#context = context;
    this.deviceId = deviceId;
  }

  /** What it works on, null while it doesn't. */
  get plugs(): ReadonlySet<string> | null {
    return this.#plugs;
  }

  get activity(): FirmwareActivity | null {
    const work = this.#work;
    return work && { phase: work.phase, progress: work.progress, startedAt: work.startedAt };
  }

  get packageState(): PackageState | null {
    const facts = this.#device?.facts;
    return facts ? this.#packageState(facts, this.#managed) : null;
  }

  /** What the document of a device with these facts says, and what is done next. */
  plan(facts: DeviceFacts, desired: DesiredRecord | null): FirmwarePlan {
    return planFirmware(this.#input(facts, desired));
  }

  /** The plan for what is known now. */
  planNow(): FirmwarePlan | null {
    const facts = this.#device?.facts;
    return facts ? this.plan(facts, this.#desired) : null;
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
    const managed = this.#managed;
    this.#retryAt = null;
    this.#retries = 0;
    if (!managed || this.#plugs) return;
    if (managed.package) this.#context.shelf.retry(managed.package);
    const record = this.#recordFor(managed);
    this.#put({ ...record, failure: null, cutOffs: {}, isAgreed: record.isAgreed || isAgreed });
    await this.#tell([]);
  }

  /** A person's word. False where it is none that counts. */
  async answer(answer: FirmwareAnswer): Promise<boolean> {
    const managed = this.#managed;
    const prompt = this.planNow()?.prompt;
    if (!managed || !prompt || (answer === 'postpone' && prompt.kind !== 'ask')) return false;
    if (answer === 'install') {
      this.#put({ ...this.#recordFor(managed), isAgreed: true, askedAt: null, postponedUntil: null });
      await this.#tell([]);
    } else {
      await this.#postpone(managed, 'user');
    }
    return true;
  }

  /** Calls off what can still be called off, and resolves when it ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#session?.cancel();
    await this.#ended;
  }

  get #device(): ManagedDevice | undefined {
    return this.#context.devices().device(this.deviceId);
  }

  get #desired(): DesiredRecord | null {
    return this.#context.desired.get(this.deviceId) ?? null;
  }

  get #managed(): ManagedFirmware | null {
    const firmware = this.#desired?.document.firmware;
    return firmware?.management === 'managed' ? firmware : null;
  }

  get #record(): FirmwareRecord | null {
    return this.#context.records.get(this.deviceId) ?? null;
  }

  #recordFor({ version }: ManagedFirmware): FirmwareRecord {
    return recordFor(this.#record, { version, revision: this.#desired?.document.revision ?? 0 });
  }

  #put(record: FirmwareRecord): void {
    this.#context.records.put(this.deviceId, record);
  }

  /** The record as it is now. */
  #writes(): StoreWrite[] {
    const { records } = this.#context;
    const record = this.#record;
    return [record ? records.put(this.deviceId, record) : records.remove(this.deviceId)];
  }

  async #tell(events: readonly EventDraft[]): Promise<void> {
    await this.#device?.tell(events, () => this.#writes());
  }

  #event(type: 'firmware.started' | 'firmware.updated' | 'firmware.failed' | 'firmware.postponed', data: Readonly<Record<string, Json>>): EventDraft {
    return { type, deviceId: this.deviceId, data };
  }

  #packageState({ model }: DeviceFacts, managed: ManagedFirmware | null): PackageState {
    if (!managed?.package) return { kind: 'missing' };
    const reach = reachOf(this.#device?.routes.values() ?? []);
    const need = { dfuProductId: model.dfuProductId, version: managed.version, isOneFile: reach?.way === 'file-transfer' };
    return this.#context.shelf.state(managed.package, need);
  }

  #input(facts: DeviceFacts, desired: DesiredRecord | null): FirmwareInput {
    const { clock, localTime, rules, isAttended, isInCall, isBusy } = this.#context;
    const routes = [...(this.#device?.routes.values() ?? [])];
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
      record: this.#record,
      running: this.#work,
      isBusy: isBusy(this, plugsOf(routes)),
      retryAt: this.#retryAt,
    };
  }

  #look(): void {
    const facts = this.#device?.facts;
    if (!facts) return;
    if (facts.connection.status === 'disconnected') this.#retryAt = null;
    this.#settle(facts);
    const plan = this.plan(facts, this.#desired);
    this.#lookAt(plan.lookAt);
    this.#callOffIfUnwanted();
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

  /** What an earlier process, or a run that lost its device, left to be found out. */
  #settle({ version }: DeviceFacts): void {
    const record = this.#record;
    if (!record || this.#plugs) return;
    const { begun, phase } = record;
    if (begun && version !== null && isSame(version, begun.to)) {
      if (record.version === begun.to) this.#context.records.remove(this.deviceId);
      else this.#put({ ...record, begun: null, phase: null, journal: null });
      void this.#tell([this.#event('firmware.updated', { version, from: begun.from })]);
    } else if (phase) {
      this.#cutOff(phase);
    } else if (!begun && version !== null && isSame(version, record.version)) {
      this.#context.records.remove(this.deviceId);
      void this.#tell([]);
    }
  }

  #do({ action }: FirmwarePlan): void {
    const managed = this.#managed;
    if (!managed || this.#plugs) return;
    const { clock, shelf } = this.#context;
    switch (action.kind) {
      case 'none':
        break;
      case 'download':
        if (managed.package) shelf.need(managed.package);
        break;
      case 'ask':
        this.#put({ ...this.#recordFor(managed), askedAt: clock.now() });
        void this.#tell([]);
        break;
      case 'announce':
        this.#put({ ...this.#recordFor(managed), askedAt: null, announcedAt: clock.now() });
        void this.#tell([]);
        break;
      case 'postpone':
        void this.#postpone(managed, 'unanswered');
        break;
      case 'fail':
        void this.#fail(this.#recordFor(managed), action.error);
        break;
      case 'start':
        this.#begin();
        break;
    }
  }

  #tellIfNews(firmware: DeviceFirmware): void {
    const told = this.#device?.document?.firmware;
    if (this.#isTelling || !told || JSON.stringify(told) === JSON.stringify({ ...told, ...firmware })) return;
    this.#isTelling = true;
    void this.#tell([]).finally(() => {
      this.#isTelling = false;
    });
  }

  async #postpone(managed: ManagedFirmware, cause: 'user' | 'unanswered'): Promise<void> {
    const { clock, rules } = this.#context;
    const record = this.#recordFor(managed);
    const until = clock.now() + rules().postponeHours * hourMs;
    const postponements = record.postponements + 1;
    this.#put({ ...record, postponements, postponedUntil: until, askedAt: null });
    await this.#tell([this.#event('firmware.postponed', { version: managed.version, cause, postponements, until: new Date(until).toISOString() })]);
  }

  async #fail(record: FirmwareRecord, error: FirmwareError): Promise<void> {
    this.#put({ ...record, failure: error, begun: null, phase: null, journal: null, askedAt: null });
    const { version } = record;
    await this.#tell([this.#event('firmware.failed', { version, code: error.code, message: error.message })]);
  }

  #cutOff(phase: UpdatePhase): void {
    const record = this.#record;
    if (!record) return;
    const { cutOffs, failure } = afterCutOff(record.cutOffs, phase);
    if (failure) {
      void this.#fail({ ...record, cutOffs }, failure);
    } else {
      this.#put({ ...record, cutOffs, phase: null });
      void this.#tell([]);
    }
  }

  /** Another version is desired than the one that is being installed, or none. */
  #callOffIfUnwanted(): void {
    if (this.#work && this.#managed?.version !== this.#work.version) this.#session?.cancel();
  }

  #begin(): void {
    const device = this.#device;
    const reach = reachOf(device?.routes.values() ?? []);
    if (!device || !reach) return;
    this.#plugs = plugsOf(device.routes.values());
    this.#ended = this.#update(device, reach)
      .catch((error: unknown) => {
        this.#context.log.error('a firmware update ended unexpectedly', { deviceId: this.deviceId, error });
        this.#later();
      })
      .finally(() => {
        this.#plugs = null;
        this.#work = null;
        this.#session = null;
        this.#context.onTurn();
      });
  }

  async #update(device: ManagedDevice, reach: Reach): Promise<void> {
    const { shelf, clock, log } = this.#context;
    const managed = this.#managed;
    const from = device.facts?.version;
    if (!managed?.package || from === undefined || from === null) return;
    const firmware = await shelf.read(managed.package);
    if (!firmware || this.#isStopped) return;
    const record = this.#recordFor(managed);
    const isResumed = record.begun?.to === managed.version;
    this.#work = { version: managed.version, phase: 'checking', progress: 0, isAway: false, startedAt: clock.now() };
    this.#put({ ...record, begun: record.begun && isResumed ? record.begun : { from, to: managed.version }, phase: 'checking' });
    this.#context.onTurn();
    await this.#tell(isResumed ? [] : [this.#event('firmware.started', { version: managed.version, from })]);
    log.info('a firmware update begins', { deviceId: this.deviceId, from, to: managed.version });
    this.#session = this.#newSession(device);
    const result = await this.#session.run({ firmware, digest: managed.package.sha256, way: reach.way, address: reach.address }, reach);
    log.info('a firmware update ended', { deviceId: this.deviceId, result });
    await this.#afterwards(result);
  }

  #newSession(device: ManagedDevice): UpdateSession {
    const { entropy } = this.#context;
    return new UpdateSession(
      {
        ...this.#context,
        md5: entropy,
        journal: this.#journal,
        mayWrite: () => device.facts !== null && mayWrite(this.#input(device.facts, this.#desired)),
        onProgress: (phase, progress) => {
          this.#progress({ phase, progress });
          this.#notePhase(phase);
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

  #progress(changes: Partial<Work>): void {
    if (this.#work) this.#work = { ...this.#work, ...changes };
    this.look();
  }

  #notePhase(phase: UpdatePhase): void {
    const record = this.#record;
    if (!record || record.phase === phase) return;
    this.#put({ ...record, phase });
    void this.#context.save(this.#writes());
  }

  get #journal(): UpdateJournal {
    const keep = async (journal: Json): Promise<void> => {
      const record = this.#record;
      if (!record) return;
      this.#put({ ...record, journal });
      await this.#context.save(this.#writes());
    };
    return {
      load: () => Promise.resolve(this.#record?.journal ?? null),
      // An entry is plain JSON, says the port.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      save: (entry) => keep(entry as Json),
      clear: () => keep(null),
    };
  }

  async #afterwards(result: RunResult): Promise<void> {
    const record = this.#record;
    this.#work = null;
    if (!record) return;
    if (result.kind === 'failed') {
      await this.#fail(record, result.error);
      return;
    }
    if (result.kind !== 'cancelled') this.#later();
    if (result.kind === 'cut-off') {
      this.#cutOff(result.phase);
      return;
    }
    this.#put({ ...record, phase: null });
    await (this.#isStopped ? this.#context.save(this.#writes()) : this.#tell([]));
  }

  /** Should it have to be tried again: not at once. */
  #later(): void {
    this.#retryAt = this.#context.clock.now() + Math.min(firstRetryMs * 2 ** this.#retries, longestRetryMs);
    this.#retries += 1;
  }
}
