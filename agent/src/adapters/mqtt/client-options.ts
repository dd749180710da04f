import type { IClientOptions } from 'mqtt';
import type { ConnectOptions, OutgoingMessage } from '../../ports/index.ts';

/** Contract section 2: every payload is JSON. */
const CONTENT_TYPE = 'application/json';

/** MQTT.js options of one attempt: it never reconnects, resubscribes or resends by itself, and connects when told to. */
export function clientOptions(options: ConnectOptions): IClientOptions {
  const { will } = options;
  const five = options.version === 5;
  return {
    manualConnect: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    timerVariant: 'native',
    // The default writes every packet, the password among them, where DEBUG=mqttjs* is set.
    log: () => undefined,
    clean: false,
    protocolId: 'MQTT',
    protocolVersion: options.version,
    clientId: options.clientId,
    username: options.userName,
    keepalive: options.keepAliveSeconds,
    ...(options.password === null ? {} : { password: options.password }),
    ...(five ? { properties: { sessionExpiryInterval: options.sessionExpirySeconds, receiveMaximum: options.receiveMaximum } } : {}),
    will: {
      topic: will.topic,
      payload: Buffer.from(will.payload),
      qos: 1,
      retain: will.retain,
      ...(five ? { properties: { willDelayInterval: options.willDelaySeconds, contentType: CONTENT_TYPE } } : {}),
    },
  };
}

/** (5) Properties of a PUBLISH. */
export function publishProperties({ payload, correlationData }: OutgoingMessage): { contentType?: string; correlationData?: Buffer } {
  return {
    ...(payload === '' ? {} : { contentType: CONTENT_TYPE }),
    ...(correlationData === undefined ? {} : { correlationData: Buffer.from(correlationData) }),
  };
}
