import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceDocument } from '@jpd/agent/contract';
import { describe } from 'vitest';
import { AgentProgram } from './agent-program.ts';
import type { LabPlatform } from './lab-platform.ts';
import { mosquittoTools } from './mosquitto-tools.ts';
import { PlatformByHand } from './platform-by-hand.ts';
import { ReferencePlatform } from './reference-platform.ts';
import { describeWith } from './requirements.ts';
import { VirtualBusProgram } from './virtual-bus-program.ts';

export type LabBroker = 'platform' | 'mosquitto';

interface RealLabOptions<P extends LabPlatform> {
  readonly platform: P;
  /** As `jabra-virtual serve --device` takes them. */
  readonly devices: readonly string[];
  /** Lines of the agent's log at level error that belong to the scenario. */
  readonly expectedErrors?: RegExp;
  /** What breaks the contract on the wire and belongs to the scenario: two PCs under one name, for example. */
  readonly expectedViolations?: RegExp;
}

/**
 * One PC with virtual devices and the agent, and a platform: each a program of its own, joined by real sockets. The agent is started by the scenario.
 * When it ends, the lab looks at everything that the run produced: whatever breaks the contract on the wire, an error in the agent's log, or a
 * secret anywhere fails the scenario.
 */
export class RealLab<P extends LabPlatform = LabPlatform> {
  readonly platform: P;
  readonly bus: VirtualBusProgram;
  readonly agent: AgentProgram;
  /** Short: a Unix socket's path may be 107 bytes long. */
  readonly folder: string;
  readonly #expectedErrors: RegExp | null;
  readonly #expectedViolations: RegExp | null;

  private constructor(folder: string, { platform, devices, expectedErrors, expectedViolations }: RealLabOptions<P>) {
    const { organizationId, enrollmentToken, url, wire } = platform;
    this.folder = folder;
    this.platform = platform;
    this.bus = new VirtualBusProgram(join(folder, 'bus.sock'), devices);
    this.agent = new AgentProgram(folder, { organizationId, enrollmentToken, brokerUrl: url, busSocket: this.bus.socket }, wire);
    this.#expectedErrors = expectedErrors ?? null;
    this.#expectedViolations = expectedViolations ?? null;
  }

  /** Ends the platform where it can't be built. */
  static async start<P extends LabPlatform>(options: RealLabOptions<P>): Promise<RealLab<P>> {
    const lab = new RealLab(await mkdtemp(join(tmpdir(), 'jl-')), options);
    try {
      await lab.agent.configure();
      await lab.bus.start();
    } catch (error) {
      await lab.stop();
      throw error;
    }
    return lab;
  }

  get wire(): P['wire'] {
    return this.platform.wire;
  }

  /** Pulls a device out, and gives the document that says so. */
  async unplug(serial: string, deviceId: string): Promise<DeviceDocument> {
    const after = this.wire.mark();
    await this.bus.unplug(serial);
    return this.wire.device(deviceId, ({ connection }) => connection.status === 'disconnected', { after });
  }

  /** Plugs in a device that was pulled out, and gives the document that says so. */
  async plug(serial: string, deviceId: string): Promise<DeviceDocument> {
    const after = this.wire.mark();
    await this.bus.plug(serial);
    return this.wire.device(deviceId, ({ connection }) => connection.status === 'connected', { after });
  }

  /** Ends everything, then rejects where the run left something that it must not. */
  async stop(): Promise<void> {
    await this.agent.end();
    const violations = this.wire.violations.filter((violation) => this.#expectedViolations?.test(violation) !== true);
    const problems = [...violations, ...this.#errorLines(), ...(await this.#leaks())];
    await this.bus.stop();
    await this.platform.stop();
    await rm(this.folder, { recursive: true, force: true });
    if (problems.length > 0) throw new Error(`the run left:\n${problems.join('\n')}`);
  }

  #errorLines(): string[] {
    const lines = this.agent.said().split('\n');
    return lines.filter((line) => / ERROR /.test(line) && this.#expectedErrors?.test(line) !== true);
  }

  /** Where a secret can be read, plain or in a usual encoding; but for the configuration that brought it. */
  async #leaks(): Promise<string[]> {
    const encoded = (secret: string): string[] => {
      const bytes = Buffer.from(secret);
      return [secret, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')];
    };
    const secrets = this.platform.secrets.flatMap(encoded);
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const contents = await Promise.all(
      files.filter((file) => file !== this.agent.configurationFile).map(async (file) => [file, await readFile(file, 'latin1')] as const),
    );
    const places = [...contents, ['what the agent printed', this.agent.said()], ['the wire', this.wire.texts.join('\n')]] as const;
    return places.filter(([, text]) => secrets.some((secret) => text.includes(secret))).map(([place]) => `a secret in ${place}`);
  }
}

const starters: Readonly<Record<LabBroker, () => Promise<LabPlatform>>> = {
  platform: () => ReferencePlatform.start(),
  mosquitto: () => PlatformByHand.start(),
};

/** A lab on one of the two brokers. */
export async function startRealLab(options: Omit<RealLabOptions<LabPlatform>, 'platform'> & { readonly broker: LabBroker }): Promise<RealLab> {
  const { broker, ...rest } = options;
  return RealLab.start({ ...rest, platform: await starters[broker]() });
}

/** The same suite on the embedded broker (MQTT 3.1.1, the reference platform) and on Mosquitto (MQTT 5, a platform played by hand). */
export function describeOnBothBrokers(name: string, tests: (broker: LabBroker) => void): void {
  describe(`${name}, on the embedded platform`, () => {
    tests('platform');
  });
  describeWith(mosquittoTools, `${name}, on Mosquitto`, () => {
    tests('mosquitto');
  });
}
