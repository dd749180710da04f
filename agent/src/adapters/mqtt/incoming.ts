import type { IPublishPacket, MqttClient } from 'mqtt';
import type { IncomingMessage } from '../../ports/index.ts';
import { ProtocolError } from './errors.ts';
import type { Inbox } from './inbox.ts';
import type { PacketStream } from './packet-stream.ts';
import { puback } from './packets.ts';

/** Leads every PUBLISH that comes in on `stream` to the inbox. */
export function receiveInto(inbox: Inbox, client: MqttClient, stream: PacketStream): void {
  // MQTT.js sends the PUBACK when this calls back, and reads no packet before: acknowledging late would hold up the answers to what is
  // published meanwhile. Called back with an error it sends none and reads on; the inbox sends the PUBACK then.
  const withoutPuback = new Error('the PUBACK is sent later');
  client.handleMessage = (packet, done) => {
    const acknowledge = (): void => {
      if (packet.qos === 1 && packet.messageId !== undefined && stream.writable) stream.write(puback(packet.messageId));
    };
    const readOn = (): void => {
      try {
        done(packet.qos === 1 ? withoutPuback : undefined);
      } catch (error) {
        // It reads and handles the packets that wait.
        stream.destroy(new ProtocolError('malformed', 'the server sent a packet that can not be handled', error));
      }
    };
    inbox.receive({ message: toMessage(packet), acknowledge }, readOn);
  };
}

/** Properties of hostile packets are of any type: one that came twice is an array. */
function toMessage({ topic, payload, retain, properties }: IPublishPacket): IncomingMessage {
  const responseTopic: unknown = properties?.responseTopic;
  const correlationData: unknown = properties?.correlationData;
  return {
    topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    retained: retain,
    ...(typeof responseTopic === 'string' ? { responseTopic } : {}),
    ...(correlationData instanceof Uint8Array ? { correlationData } : {}),
  };
}
