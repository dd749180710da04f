import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualDevice } from '@jpd/protocol/virtual';
import { startMosquitto } from '../../lab/brokers/mosquitto-broker.ts';
import { desiredBody } from '../../lab/hard/bodies.ts';
import { eventually } from '../../lab/waiting.ts';
import { runAgent, startMs } from './agent-program.ts';
import { attachAll } from './attached.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';

const deviceId = '24da-70bf92000001';

/** The agent as it is installed, on real hidraw, with a broker that isn't ours. */
export const agent: readonly KernelTest[] = [
  kernelTest('the agent reports a headset, and holds it to a locked setting from the next login on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'agent-'));
    // With mqtt and the contract, most of what the suite would have to load before its first test.
    const { RecordingPlatform } = await import('../../lab/hard/recording-platform.ts');
    const broker = await startMosquitto();
    const platform = await RecordingPlatform.connect(broker.url);
    const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
    const attached = await attachAll(device);
    const configurationFile = join(folder, 'agent.json');
    const configuration = { organizationId: 'acme', enrollmentToken: 'token', brokerUrl: broker.url, stateDir: join(folder, 'state') };
    await writeFile(configurationFile, JSON.stringify({ ...configuration, hid: { driver: 'node-hid' } }));
    let running = runAgent(configurationFile, 'one');
    const shown = (): ReturnType<typeof platform.documents.get> => platform.documents.get(deviceId);
    const level = (): unknown => device.state.settings.get('sidetoneLevel');
    try {
      const first = await eventually('the headset is reported', shown, startMs);
      assert.deepEqual(
        [first.electronicSerialNumber, first.connection.transport, first.firmware.version],
        ['70BF92000001', 'usb', device.state.version],
      );
      await platform.send('desired', desiredBody(Date.now(), { sidetoneLevel: -6 }, true), deviceId);
      await eventually('it waits for the login', () => shown()?.settings.state === 'pending-login');
      assert.equal(level(), 0);
      await running.stop();

      running = runAgent(configurationFile, 'two');
      await eventually('it is on the device', () => level() === -6, startMs);
      await eventually('the platform sees it', () => shown()?.settings.state === 'in-sync');
      device.press('hook');
      device.setLocally('sidetoneLevel', 3);
      await eventually('the lock is put back', () => level() === -6);
      // It listens to calls, and leaves them to whoever has them.
      assert.deepEqual(
        device.received.filter(({ packet }) => packet === null),
        [],
      );
      assert.deepEqual(platform.violations, []);
    } finally {
      await running.stop();
      await attached.close();
      await platform.close();
      await broker.stop();
    }
  }),
];
