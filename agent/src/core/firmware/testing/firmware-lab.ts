import { type PackageDescription, buildFirmwarePackage } from '@jpd/protocol/firmware';
import { type Behaviour, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import type { BodyOf, DeviceDocument, ManagedFirmware } from '../../../contract/index.ts';
import { AgentLab, type AgentLabOptions } from '../../testing/agent-lab.ts';
import { desiredOf, policyOf } from '../../testing/bodies.ts';
import type { FirmwareControl, FirmwareView } from '../view.ts';

export const headsetId = '24da-70bf92000001';
export const dongleId = '24c7-50c275000001';
export const childId = '24b3-70bf92000002';
export const target = '2.3.4';

/** Bytes that differ from place to place. */
export const imageOf = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (Math.imul(index + seed, 0x9e3779b1) >>> 13) & 0xff);

function inShort({ status, reason, progress, error }: DeviceDocument['firmware']): string {
  return [status, reason === null ? '' : `/${reason}`, progress === null ? '' : ` ${progress}`, error === null ? '' : `: ${error.code}`].join('');
}

/** So that a test can be there in the middle: 20,000 bytes take 4 s. */
const slow = { acknowledgeMs: 100 };

type Offer = Partial<PackageDescription> & { readonly bytes?: number };

/** An agent between a bus, a platform and a package server, told to install firmware. */
export class FirmwareLab {
  readonly lab: AgentLab;
  /** Those that were plugged in by their cable. */
  readonly headsets: VirtualDevice[] = [];
  #revision = 0;

  constructor(options: AgentLabOptions = {}) {
    this.lab = new AgentLab(options);
  }

  get clock(): AgentLab['clock'] {
    return this.lab.clock;
  }

  get firmware(): FirmwareControl {
    const { firmware } = this.lab.agent;
    if (!firmware) throw new Error('this agent installs no firmware');
    return firmware;
  }

  headset(behaviours: readonly Behaviour[] = []): VirtualDevice {
    const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', version: '1.8.13', behaviours: [...behaviours], firmware: slow });
    this.headsets.push(headset);
    return this.#plug(headset);
  }

  /** A dongle with a headset behind it. */
  dongle(): { readonly dongle: VirtualDevice; readonly child: VirtualDevice } {
    const child = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002', version: '1.8.13', firmware: slow });
    return { child, dongle: this.#plug(virtualDevice({ family: 'link-380', serial: '50C275000001', version: '1.0.2', child, firmware: slow })) };
  }

  /** Puts a package on the server, and gives the desired firmware that names it. */
  offer({ bytes = 600, ...description }: Offer = {}, changes: Partial<ManagedFirmware> = {}): ManagedFirmware {
    const version = description.version ?? target;
    const content = buildFirmwarePackage({
      version,
      dfuProductIds: [0x24da, 0x24c7, 0x24b3],
      images: [{ content: imageOf(bytes), partition: 1 }],
      ...description,
    });
    const reference = this.lab.packages.web.offer(`https://packages.example/${version}.zip`, content);
    return { management: 'managed', version, package: reference, ...changes };
  }

  /** Publishes desired firmware, with a new revision. */
  desire(firmware: BodyOf<'desired'>['firmware'], deviceId = headsetId, settings: Parameters<typeof desiredOf>[1] = {}): void {
    this.#revision += 1;
    this.lab.platform.send('desired', { ...desiredOf(this.#revision, settings), firmware }, deviceId);
  }

  policy(change: Partial<BodyOf<'policy'>>): void {
    this.#revision += 1;
    this.lab.platform.send('policy', policyOf(this.#revision, { applySettings: 'immediately', ...change }));
  }

  document(deviceId = headsetId): DeviceDocument {
    const document = this.lab.agent.documents().find((one) => one.deviceId === deviceId);
    if (!document) throw new Error(`nothing is known of ${deviceId}`);
    return document;
  }

  view(deviceId = headsetId): FirmwareView {
    const view = this.firmware.snapshot().find((one) => one.deviceId === deviceId);
    if (!view) throw new Error(`nothing is known of ${deviceId}`);
    return view;
  }

  /** What was said of the firmware, each once where it was said several times in a row: `pending/downloading`, `updating 45`. */
  told(deviceId = headsetId): string[] {
    const all = this.lab.platform.received('devices', deviceId).map(({ firmware }) => inShort(firmware));
    return all.filter((one, index) => one !== all[index - 1]);
  }

  /** Moves on until its document says so. */
  async until(text: string, deviceId = headsetId): Promise<void> {
    for (let ms = 0; ms < 600_000; ms += 20) {
      if (inShort(this.document(deviceId).firmware).startsWith(text)) return;
      await this.clock.advance(20);
    }
    throw new Error(`it never said ${text}: ${this.told(deviceId).join(', ')}`);
  }

  /** Events of the device's firmware, in order. */
  firmwareEvents(deviceId = headsetId): string[] {
    return this.eventsOf(deviceId).filter((type) => type.startsWith('firmware.'));
  }

  eventsOf(deviceId = headsetId): string[] {
    return this.lab.platform.events.flatMap((event) => ('deviceId' in event && event.deviceId === deviceId ? [event.type] : []));
  }

  #plug(device: VirtualDevice): VirtualDevice {
    this.lab.bus.plug(device);
    return device;
  }
}
