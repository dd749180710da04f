import { encode, payloadExamples } from '@jpd/agent/contract';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';

import { startMosquitto } from '../../lab/brokers/mosquitto-broker.ts';
import { describeWith, mosquitto } from '../../lab/requirements.ts';
import { device, exampleDeviceId, offline, online } from '../testing/bodies.ts';
import { FakeAgent, LivePlatform } from '../testing/live.ts';

const passwords = { 'operator/acme': 'operator-password', 'acme/pc-1': 'token' };

function urlFor(broker: string): string {
  return broker.replace('mqtt://', 'mqtt://operator%2Facme:operator-password@');
}

async function agentAt(url: string, protocolVersion: 4 | 5, username = 'acme/pc-1', password = 'token'): Promise<FakeAgent> {
  return new FakeAgent(
    await mqtt.connectAsync(
      url,
      { protocolVersion, clientId: `client-${username.replace('/', '-')}`, username, password, reconnectPeriod: 0 },
      false,
    ),
    'acme',
    'pc-1',
  );
}

describeWith(mosquitto, 'a platform at a foreign broker that speaks MQTT 5', () => {
  it('enrols, listens, answers and publishes there, and takes up again what came while it was away', async () => {
    const broker = await startMosquitto({ passwords });
    const live = await LivePlatform.start({ brokerUrl: urlFor(broker.url) });
    try {
      expect(live.platform.mqttUrl).toBe(broker.url);
      const agent = await agentAt(broker.url, 5);
      await agent.subscribe(`${agent.topics.prefix}#`);
      await agent.presence(online());
      expect(await agent.waitFor((one) => one.topic === agent.topics.policy)).toMatchObject({ body: { schema: 'policy/1' } });
      await agent.device(device());
      await agent.publish(agent.topics.events, encode('events', payloadExamples.events, 0));
      await agent.waitFor((one) => one.topic === agent.topics.acks);
      const put = await live.api('PUT', `/api/v1/devices/${exampleDeviceId}/desired`, { settings: { ringtone: { value: 4 } } });
      expect(put).toMatchObject({ status: 200, body: { publishedTo: [{ clientId: 'pc-1' }] } });
      await agent.waitFor((one) => one.topic === agent.topics.desired(exampleDeviceId));

      await live.platform.stop();
      const later = { ...payloadExamples.events, id: '00000000-0000-4000-8000-000000000009' };
      await agent.publish(agent.topics.events, encode('events', later, 0));
      await live.restart({ brokerUrl: urlFor(broker.url) });
      await agent.waitFor((one) => one.topic === agent.topics.acks && JSON.stringify(one.body).includes(later.id));
      // The broker waited with this will itself: it has the content type that only MQTT 5 can carry.
      await agent.client.publishAsync(agent.topics.presence, encode('presence', offline('connection-lost'), 0), {
        qos: 1,
        properties: { contentType: 'application/json' },
      });
      await agent.publish(agent.topics.events, encode('events', { ...later, id: '00000000-0000-4000-8000-00000000000a' }, 0));
      await agent.waitFor((one) => one.topic === agent.topics.acks && JSON.stringify(one.body).includes('00000000000a'));
      expect((await live.api('GET', '/api/v1/clients/pc-1')).body).toMatchObject({ presence: { state: 'offline', reason: 'connection-lost' } });
      await agent.end();
    } finally {
      await live.stop();
      await broker.stop();
    }
  });
});

describe('a platform at a foreign broker that speaks MQTT 3.1.1 only', () => {
  it('falls back, and does not start where it may not log in', async () => {
    const broker = await LivePlatform.start({ operatorPassword: 'operator-password', enrollmentToken: 'token' });
    const live = await LivePlatform.start({ brokerUrl: urlFor(broker.platform.mqttUrl) });
    try {
      const agent = await broker.connect('pc-1');
      await agent.subscribe(agent.topics.acks);
      await agent.presence(online());
      const id = '00000000-0000-4000-8000-00000000000b';
      await agent.publish(agent.topics.events, encode('events', { ...payloadExamples.events, id }, 0));
      const waited = await live.api('GET', '/api/v1/events?after=0&waitSeconds=20');
      expect(waited.body).toMatchObject({ events: [{ clientId: 'pc-1', event: { id } }] });
      await live.platform.stop();
      const wrong = urlFor(broker.platform.mqttUrl).replace('operator-password', 'wrong');
      await expect(live.restart({ brokerUrl: wrong })).rejects.toMatchObject({ code: 'broker-unreachable' });
    } finally {
      await live.stop();
      await broker.stop();
    }
  });

  it('does not start where nobody listens', async () => {
    await expect(LivePlatform.start({ brokerUrl: 'mqtt://127.0.0.1:1' })).rejects.toMatchObject({ code: 'broker-unreachable' });
  });
});
