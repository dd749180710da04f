import type { AgentEvent, DesiredFirmware, DeviceDocument, DeviceFirmware, ManagedFirmware } from '@jpd/agent/contract';
import type { Certificate } from '../brokers/certificates.ts';
import { type RealLab, startRealLab } from '../real-lab.ts';
import { described, firmwarePackage } from './firmware-package.ts';
import { type PackageServer, type Shelf, startPackageServer } from './package-server.ts';

/** What a test changes of a package that is offered. */
interface Wish extends Partial<Parameters<typeof firmwarePackage>[0]> {
  readonly path?: string;
  /** Instead of a package. */
  readonly content?: Uint8Array;
  /** How the server gives it, and what it gives instead. */
  readonly shelf?: Partial<Shelf>;
  /** What the desired document says differently. */
  readonly desired?: Partial<Omit<ManagedFirmware, 'package'>>;
  readonly reference?: Partial<NonNullable<ManagedFirmware['package']>>;
}

interface FirmwareLabOptions {
  /** Of the package server. */
  readonly tls?: Certificate;
  /** `tls.caFile` of the agent. */
  readonly caFile?: string | null;
  /** Of the agent. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What virtual devices are made with. */
export const firstVersion = '1.8.13';
export const nextVersion = '2.3.4';

/** A PC, a platform, and a server for packages: all of them programs, or sockets, of their own. */
export class FirmwareLab {
  readonly lab: RealLab;
  readonly server: PackageServer;

  private constructor(lab: RealLab, server: PackageServer) {
    this.lab = lab;
    this.server = server;
  }

  /** `devices` as `jabra-virtual serve --device` takes them. The agent runs when it resolves. */
  static async start(devices: readonly string[], { tls, caFile = null, env = {} }: FirmwareLabOptions = {}): Promise<FirmwareLab> {
    const server = await startPackageServer(tls ? { tls } : {});
    try {
      const lab = await startRealLab({ broker: 'platform', devices });
      const rig = new FirmwareLab(lab, server);
      await lab.platform.changePolicy({ applySettings: 'immediately' });
      await lab.agent.configure({ tls: { caFile } });
      await lab.agent.start('login-1', { env });
      return rig;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Puts a package on the server; gives the desired firmware that names it. */
  offer({ path, content, shelf = {}, desired = {}, reference = {}, ...wish }: Wish = {}): ManagedFirmware {
    const made = content ? described(content) : firmwarePackage({ version: nextVersion, ...wish });
    const { version, sha256, size } = made;
    const url = this.server.put(path ?? `/${sha256.slice(0, 12)}.zip`, { content: made.content, ...shelf });
    return { management: 'managed', version, package: { url, sha256, size, ...reference }, ...desired };
  }

  /** Publishes it; gives the first document of the device that comes after it and tells of it so. */
  async desire(deviceId: string, firmware: DesiredFirmware, status: string): Promise<DeviceFirmware> {
    const after = this.lab.wire.mark();
    await this.lab.platform.publish(deviceId, {}, firmware);
    return this.until(deviceId, status, after);
  }

  /** The first document in which the firmware is told so: `pending/downloading`, `updating 45`, `failed: hash-mismatch`. */
  async until(deviceId: string, status: string, after = 0, ms?: number): Promise<DeviceFirmware> {
    const search = ms === undefined ? { after } : { after, ms };
    return (await this.lab.wire.device(deviceId, ({ firmware }) => words(firmware) === status, search)).firmware;
  }

  /** Waits until so many percent of an update are done, or more: not every step is told. */
  async underWay(deviceId: string, percent: number, after = 0): Promise<void> {
    await this.lab.wire.device(deviceId, ({ firmware }) => firmware.status === 'updating' && firmware.progress >= percent, { after });
  }

  /** What was told of a device's firmware, each once where it was told several times in a row. */
  told(deviceId: string, after = 0): string[] {
    return withoutRepetition(this.lab.wire.said('devices', { id: deviceId, after }).map(({ firmware }) => words(firmware)));
  }

  /** The same without how far an update was. */
  toldInShort(deviceId: string, after = 0): string[] {
    return withoutRepetition(this.told(deviceId, after).map((status) => status.replace(/^updating .*/, 'updating')));
  }

  /** Events of a device's firmware, each as often as it happened. */
  events(deviceId: string, after = 0): AgentEvent[] {
    const said = this.lab.wire.said('events', { after, where: (event) => event.type.startsWith('firmware.') });
    const own = said.filter((event) => 'deviceId' in event && event.deviceId === deviceId);
    return [...new Map(own.map((event) => [event.id, event])).values()];
  }

  /** The first event of a type that tells of this device. */
  event(deviceId: string, type: AgentEvent['type'], after = 0): Promise<AgentEvent> {
    return this.lab.wire.event(type, { after, where: (event) => 'deviceId' in event && event.deviceId === deviceId });
  }

  types(deviceId: string, after = 0): string[] {
    return this.events(deviceId, after).map(({ type }) => type);
  }

  latest(deviceId: string): DeviceDocument | null {
    return this.lab.wire.latest('devices', deviceId);
  }

  async versionOn(serial: string): Promise<string | null> {
    return (await this.lab.bus.device(serial)).version;
  }

  /** How often a package was asked for. */
  requests(firmware: ManagedFirmware): number {
    return this.server.requestsFor(new URL(firmware.package?.url ?? '').pathname).length;
  }

  async stop(): Promise<void> {
    await this.lab.stop();
    await this.server.stop();
  }
}

function words({ status, reason, progress, error }: DeviceFirmware): string {
  const parts = [status, reason === null ? '' : `/${reason}`, progress === null ? '' : ` ${progress}`, error === null ? '' : `: ${error.code}`];
  return parts.join('');
}

const withoutRepetition = (texts: readonly string[]): string[] => texts.filter((text, index) => text !== texts[index - 1]);
