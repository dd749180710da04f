import { expect, test } from 'vitest';
import { firmwareCrc } from '../../../images/index.ts';
import { updateBlock, updateCommit, updateCrc, updatePartition, updateStart, updateVersion } from '../../../messages/firmware.ts';
import { Session } from '../../../session/session.ts';
import { bench } from '../../../virtual/testing/bench.ts';

/** What the other tests of this folder promise means something only because of this one. */
test('a host that commits what isn’t verified bricks a virtual device: it never comes back', async () => {
  const { device, bus, clock, channel } = await bench({ family: 'evolve2-75' });
  const session = new Session(channel, clock);
  const content = Uint8Array.of(1, 2, 3);
  await session.write(updatePartition, 8, 1);
  await session.write(updateStart, 8, undefined);
  await clock.advance(200);
  await session.write(updateCrc, 8, { crc: firmwareCrc(content), blocks: 1, window: 10 });
  await session.post(updateBlock, 8, { number: 0, data: Uint8Array.of(1, 2, 4) });
  await clock.advance(1000);
  await session.write(updateVersion, 8, { major: 2, minor: 0, micro: 0 });
  await session.write(updateCommit, 8, undefined);
  await clock.advance(600_000);
  expect(device.state.flash?.bricked).toContain('unverified');
  expect(bus.isPlugged(device)).toBe(false);
  bus.plug(device);
  expect(bus.isPlugged(device)).toBe(false);
});
