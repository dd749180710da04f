/**
 * What the agent is measured against: the least that a Node process can be which holds one MQTT connection, with node-hid loaded.
 * `node baseline-main.js URL`; with `--publish COUNT BYTES` it sends that many messages of that size as fast as the broker takes them, and ends.
 */
import mqtt from 'mqtt';
import { devices } from 'node-hid';

/** The contract's receive maximum: so many messages are under way at a time. */
const inFlight = 32;
const prefix = 'jabra/v1/acme/baseline';

const [url = '', mode = '', count = '0', bytes = '0'] = process.argv.slice(2);
const client = await mqtt.connectAsync(url, { protocolVersion: 5, clientId: `baseline-${process.pid}`, keepalive: 300 });
if (mode === '--publish') {
  let left = Number(count);
  const payload = JSON.stringify({ filler: 'x'.repeat(Number(bytes)) });
  const sender = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await client.publishAsync(`${prefix}/events`, payload, { qos: 1 });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, sender));
  await client.endAsync();
} else {
  // Loaded and used once, as a program that looks for devices at its start does.
  devices();
  await client.publishAsync(`${prefix}/presence`, JSON.stringify({ state: 'online' }), { qos: 1, retain: true });
}
