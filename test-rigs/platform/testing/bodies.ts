import type { BodyOf, DeviceDocument } from '@jpd/agent/contract';
import { payloadExamples } from '@jpd/agent/contract';

export const session1 = '0b0fb1a8-5b0c-4d6c-9a3e-6f2a5d0c1e71';
export const session2 = '0b0fb1a8-5b0c-4d6c-9a3e-6f2a5d0c1e72';

export function online(sessionId = session1): BodyOf<'presence'> {
  return { state: 'online', reason: 'connected', sessionId };
}

export function offline(reason: 'shutdown' | 'connection-lost' | 'sleep' | 'revoked', sessionId = session1): BodyOf<'presence'> {
  return { state: 'offline', reason, sessionId };
}

export interface DeviceFacts {
  readonly deviceId?: string;
  readonly revision?: number;
  readonly status?: DeviceDocument['connection']['status'];
  readonly desiredRevision?: number | null;
  readonly appliedRevision?: number | null;
}

export const exampleDeviceId = payloadExamples.devices.deviceId;

/** The contract's example of a device with what matters to the test changed. */
export function device({
  deviceId = exampleDeviceId,
  revision = 1,
  status = 'connected',
  desiredRevision = null,
  appliedRevision = null,
}: DeviceFacts = {}): BodyOf<'devices'> {
  const example = payloadExamples.devices;
  return {
    ...example,
    deviceId,
    revision,
    connection: { ...example.connection, status },
    settings: { ...example.settings, desiredRevision, appliedRevision },
  };
}

export function clientDocument(clientId: string): BodyOf<'client'> {
  return { ...payloadExamples.client, clientId };
}
