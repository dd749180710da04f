import type { AgentEvent, BodyOf, DesiredFirmware, DeviceDocument, PolicyRules, SettingValue } from '@jpd/agent/contract';
import type { Wire } from './wire.ts';

export type WantedSettings = Readonly<Record<string, { readonly value: SettingValue; readonly locked?: boolean }>>;

/** The part of a policy that an administrator changes; metadata group by group. */
export type PolicyChange = Partial<Omit<PolicyRules, 'metadata' | 'revoked'>> & {
  readonly metadata?: Partial<PolicyRules['metadata']>;
};

export interface CommandToSend {
  readonly type: string;
  readonly deviceId?: string;
  readonly params?: BodyOf<'commands'>['params'];
}

/**
 * What stands on the other side of the agents: the reference platform with its own broker, or a bare MQTT client that plays the platform on
 * Mosquitto. What holds for any platform of the contract is told of both with the same words.
 */
export interface LabPlatform {
  readonly url: string;
  readonly organizationId: string;
  readonly enrollmentToken: string;
  /** What must not be readable in anything that the run leaves. */
  readonly secrets: readonly string[];
  /** The version that agents end up with. */
  readonly mqttVersion: 4 | 5;
  readonly wire: Wire;
  /** Desires exactly these settings of a device, and firmware that isn't managed unless it is given. @returns the revision */
  publish(deviceId: string, settings: WantedSettings, firmware?: DesiredFirmware): Promise<number>;
  /** Desires nothing of it any more. */
  forget(deviceId: string): Promise<void>;
  changePolicy(change: PolicyChange): Promise<void>;
  revoke(clientId: string): Promise<void>;
  /** Another token with which a client can be enrolled. */
  newEnrollmentToken(): Promise<string>;
  /** @returns its id */
  command(clientId: string, command: CommandToSend): Promise<string>;
  /** A device as a person sees it who asks with a command line. */
  showDevice(deviceId: string): Promise<DeviceDocument>;
  /** What the broker tells a new subscriber of a client first. */
  retained(clientId: string, kind: 'client' | 'presence'): Promise<string>;
  /** What the platform committed, in the order of its commits. */
  events(): Promise<readonly AgentEvent[]>;
  /** The broker (and the embedded platform with it) is gone until `resume`. */
  interrupt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Events without what only tells them apart. */
export function told(events: readonly AgentEvent[]): string[] {
  return events.map((event) => ('deviceId' in event ? `${event.type} ${event.deviceId}` : event.type));
}
