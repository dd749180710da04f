import type { SettingKey, SettingValue } from '@jpd/protocol';
import { type Behaviour, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import type { DeviceDocument } from '../../../contract/index.ts';
import { changedBeforeReadBack } from './behaviours.ts';
import { DeviceBench, type DesiredSettings } from './device-bench.ts';
import { Witness } from './witness.ts';

export type Name = 'headset' | 'dongle' | 'child';
const ids: Readonly<Record<Name, string>> = { headset: '24da-70bf92000001', dongle: '24c7-50c275000001', child: '24b3-70bf92000002' };
const names = Object.keys(ids) as Name[];

const says = (value: unknown): string => JSON.stringify(value);

/** A headset by cable, and a dongle with a headset behind it, in the hands of people, administrators and chance. What is wrong is told in words. */
export class World {
  readonly bench = new DeviceBench();
  readonly #devices: Readonly<Record<Name, VirtualDevice>>;
  readonly #witnesses: Readonly<Record<Name, Witness>>;
  readonly #faults: (() => void)[] = [];
  /** Something was desired of them at some time, by an administrator or in the window of this PC. */
  readonly #desired = new Set<Name>();
  #revision = 0;
  #hadFaults = false;

  constructor() {
    const witness = (): Witness => new Witness(this.bench.violations);
    const witnesses = { headset: witness(), dongle: witness(), child: witness() };
    const child = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002', behaviours: [witnesses.child] });
    this.#witnesses = witnesses;
    this.#devices = {
      headset: virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', behaviours: [witnesses.headset] }),
      dongle: virtualDevice({ family: 'link-380', serial: '50C275000001', child, behaviours: [witnesses.dongle] }),
      child,
    };
    this.plugAll();
  }

  plugAll(): void {
    for (const name of names) this.plug(name);
  }

  unplugAll(): void {
    for (const name of names) this.unplug(name);
  }

  plug(name: Name): void {
    const { dongle, child } = this.#devices;
    if (name !== 'child') this.bench.bus.plug(this.#devices[name]);
    else if (!dongle.child) dongle.attach(child);
  }

  unplug(name: Name): void {
    if (name === 'child') this.#devices.dongle.detach();
    else this.bench.bus.unplug(this.#devices[name]);
  }

  powerCut(name: Name): void {
    this.#witnesses[name].touched();
    this.#devices[name].powerCut();
  }

  /** A person changes a setting, where the device has it. */
  change(name: Name, key: SettingKey, value: SettingValue): void {
    if (!this.#devices[name].state.family.settings.includes(key)) return;
    this.#witnesses[name].touched();
    this.#devices[name].setLocally(key, value);
  }

  /** A person changes the level of the sidetone at the device, between the next write of it and its reading back. */
  changeBeforeReadBack(name: Name, level: number): void {
    const touched = (): void => {
      this.#witnesses[name].touched();
    };
    this.#faults.push(this.#devices[name].behave(changedBeforeReadBack(level, 1, touched)));
  }

  /** A person changes a setting in the window of this PC: what is locked may not change, and what is said to be done is done. */
  async changeInWindow(name: Name, key: string, value: SettingValue): Promise<void> {
    const device = this.bench.manager.device(ids[name]);
    if (!device) return;
    this.#desired.add(name);
    const isLocked = device.document?.settings.locked.includes(key) === true;
    const outcome = await this.bench.clock.complete(device.changeSetting(key, value));
    // A device with faults may carry out later what it was asked before.
    const isWrong = outcome.isDone && !this.#hadFaults && this.#held(name, key) !== value;
    if (isWrong) this.bench.violations.push(`${name}: ${key} was said to be ${says(value)} and is ${says(this.#held(name, key))}`);
    const stillLocked = device.document?.settings.locked.includes(key) === true;
    if (outcome.isDone && isLocked && stillLocked) this.bench.violations.push(`${name}: ${key} is locked and was changed`);
  }

  setBattery(name: Name, level: number, charging: boolean): void {
    if (this.#devices[name].state.battery) this.#devices[name].setBattery(level, charging);
  }

  fault(name: Name, behaviour: Behaviour): void {
    this.#hadFaults = true;
    const onPacket: Behaviour['onPacket'] = (packet, context) => {
      const action = behaviour.onPacket?.(packet, context);
      if (action?.kind === 'later') this.#witnesses[name].answersLate(packet, context.clock.monotonic() + action.delayMs);
      return action;
    };
    this.#faults.push(this.#devices[name].behave({ ...behaviour, onPacket }));
  }

  /** The agent ends and starts again; a device may still have to answer what it was asked before. */
  async restart(): Promise<void> {
    for (const name of names) this.#witnesses[name].restarted();
    await this.bench.restart();
  }

  endFaults(): void {
    for (const end of this.#faults.splice(0)) end();
  }

  async desire(name: Name, settings: DesiredSettings, waitsForLogin: string | null): Promise<void> {
    this.#revision += 1;
    this.#desired.add(name);
    await this.bench.desire(ids[name], this.#revision, settings, { waitsForLogin });
  }

  async undesire(name: Name): Promise<void> {
    await this.bench.clock.complete(this.bench.manager.desiredForgotten(ids[name]));
  }

  /** What must never be. */
  wrongAtAnyTime(): string[] {
    const { violations, log, events, manager } = this.bench;
    return [
      ...violations,
      ...log.errors.map(({ message, fields }) => `${message} ${String(fields?.['error'])}`),
      ...names
        .filter((name) => !this.#desired.has(name) && this.#devices[name].writes > 0)
        .map((name) => `${name} was written to though nobody asked`),
      ...events
        .filter(({ type, data }) => type === 'settings.lock-enforced' && data['revision'] === null)
        .map(() => 'a lock was enforced that nobody applied'),
      ...manager.documents().flatMap((document) => inconsistencies(document)),
    ];
  }

  /** What a device was said to refuse: none does where nothing is broken. */
  refusals(): string[] {
    return names.flatMap((name) =>
      this.bench
        .documentsOf(ids[name])
        .flatMap(({ settings }) =>
          settings.errors.filter(({ code }) => code === 'device-rejected').map(({ key, message }) => `${name}: ${key}: ${message}`),
        ),
    );
  }

  /** Connected devices whose locked settings don't hold, without a word why. */
  wrongLocks(): string[] {
    return this.#connected().flatMap(([name, { settings }]) =>
      settings.locked
        .filter((key) => !settings.errors.some((error) => error.key === key))
        .filter((key) => this.#held(name, key) !== this.#applied(name)[key]?.value)
        .map((key) => `${name}: ${key} is locked to ${says(this.#applied(name)[key]?.value)} and is ${says(this.#held(name, key))}`),
    );
  }

  /** Connected devices that hold something else than is told of them. */
  wrongValues(): string[] {
    return this.#connected().flatMap(([name, { settings }]) =>
      this.#devices[name].state.family.settings
        .filter((key) => settings.values[key] !== this.#held(name, key))
        .map((key) => `${name}: ${key} is told to be ${says(settings.values[key])} and is ${says(this.#held(name, key))}`),
    );
  }

  /** Devices that are not connected, or don't hold what was applied to them, without a word why. */
  wrongAfterConnect(): string[] {
    const connected = new Map(this.#connected());
    return names.flatMap((name) => {
      const document = connected.get(name);
      if (!document) return [`${name} is not connected`];
      // A level of 0 is how a device says that it doesn't know.
      const level = this.#devices[name].state.battery?.level ?? 0;
      const { settings, battery } = document;
      return [
        ...((battery?.level ?? 0) === level ? [] : [`${name}: the battery is told to be at ${battery?.level} and is at ${level}`]),
        ...Object.entries(this.#applied(name))
          .filter(([key, { value }]) => !settings.errors.some((error) => error.key === key) && settings.values[key] !== value)
          .map(([key, { value }]) => `${name}: ${key} was applied as ${says(value)} and is ${says(settings.values[key])}`),
      ];
    });
  }

  #connected(): (readonly [Name, DeviceDocument])[] {
    return names.flatMap((name) => {
      const document = this.bench.manager.device(ids[name])?.document;
      return document?.connection.status === 'connected' ? [[name, document] as const] : [];
    });
  }

  #held(name: Name, key: string): SettingValue | undefined {
    return this.#devices[name].state.settings.get(key as SettingKey);
  }

  #applied(name: Name): DesiredSettings {
    const record = this.bench.disk.contents.section('devices').get(ids[name]) as { applied: { settings: DesiredSettings } | null };
    return record.applied?.settings ?? {};
  }
}

function inconsistencies({ deviceId, settings }: DeviceDocument): string[] {
  const { appliedRevision, desiredRevision, locked, state, errors } = settings;
  const wrong: string[] = [];
  if (appliedRevision === null && locked.length > 0) wrong.push(`${deviceId}: locked without a revision`);
  if (desiredRevision === null && appliedRevision !== null) wrong.push(`${deviceId}: applied though nothing is desired`);
  if (state === 'in-sync' && (errors.length > 0 || appliedRevision !== desiredRevision)) wrong.push(`${deviceId}: not in sync`);
  return wrong;
}
