import { describe, expect, test } from 'vitest';
import { PacketType } from '../../../frames/index.ts';
import { fileNextBlock } from '../../../messages/file.ts';
import { decodePayload } from '../../../messages/message.ts';
import { hidUpdateTarget, type UpdateProgress } from '../../update/index.ts';
import { silence, virtualDevice } from '../../../virtual/index.ts';
import { fileUpdateTiming } from './timing.ts';
import { at, conversation, newVersion, oldVersion, rig, upgradeFile } from './testing/rig.ts';

const drained = (): Promise<unknown> => new Promise((resolve) => void setImmediate(resolve));

describe('an update by file', () => {
  test('asks what is there, sends the file, proves its checksum, and the new version', async () => {
    const { device, start, drive, journal } = rig(drained);
    expect(await drive(start())).toEqual({ status: 'updated', version: newVersion });
    expect(device.state.version).toBe(newVersion);
    expect(device.state.bricked).toBe(false);
    expect(journal.entry).toBeNull();
    // 12,000 bytes are 219 blocks; the 101st and the 202nd are writes.
    expect(conversation(device)).toEqual([
      'R 02/03',
      'R 02/13',
      'R 26/1D',
      'R 03/03 ×2',
      'W 03/04',
      'W 03/00',
      'E 03/00 ×100',
      'W 03/00',
      'E 03/00 ×100',
      'W 03/00',
      'E 03/00 ×17',
      'R 03/03 ×2',
      'R 26/1D',
      'W 07/03',
      'R 02/03',
      'R 02/13',
    ]);
  });

  test('sends every byte once and in order, in blocks that count modulo 256', async () => {
    const { device, start, drive } = rig(drained);
    const file = upgradeFile(55 * 300 + 7);
    await drive(start(file));
    const sent = device.received.flatMap(({ packet }) => {
      const isBlock = packet?.command === 0x03 && packet.subcommand === 0x00 && (packet.payload[0] ?? 0) >> 6 === 1;
      return isBlock ? [{ type: packet.type, sequence: packet.sequence, ...decodePayload(fileNextBlock.post, packet.payload) }] : [];
    });
    expect(Buffer.concat(sent.map(({ data }) => data)).equals(file.content)).toBe(true);
    expect(sent.map(({ id }) => id)).toEqual(Array.from({ length: 301 }, (_, number) => number % 256));
    expect(sent.flatMap(({ type }, number) => (type === PacketType.write ? [number] : []))).toEqual([100, 201]);
    expect(sent.at(-1)?.data).toHaveLength(7);
    // Each has the number of the next request, as with fwupd.
    expect(sent.map(({ sequence }) => sequence)).toEqual(sent.map((_, number) => 7 + Math.floor(number / 101)));
  });

  test('doesn’t send a file that the device holds', async () => {
    const { device, start, drive, clock } = rig(drained);
    const file = upgradeFile();
    device.state.files.begin(file.content.length);
    for (let number = 0; number * 55 < file.content.length; number += 1)
      device.state.files.append(number & 0xff, file.content.subarray(number * 55, number * 55 + 55));
    expect(await drive(start(file))).toEqual({ status: 'updated', version: newVersion });
    expect(conversation(device).filter((line) => / (03|07)/.test(line))).toEqual(['R 03/03 ×2', 'W 07/03']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('removes a file that isn’t the one', async () => {
    const { device, start, drive } = rig(drained);
    device.state.files.begin(3);
    device.state.files.append(0, Uint8Array.of(1, 2, 3));
    expect((await drive(start())).status).toBe('updated');
  });

  test('writes nothing where the device runs that version', async () => {
    const { device, start, drive } = rig(drained, { version: `${newVersion}b` });
    expect(await drive(start())).toEqual({ status: 'current', version: `${newVersion}b` });
    expect(conversation(device)).toEqual(['R 02/03', 'R 02/13']);
  });

  test.each([
    ['another product’s', { ...upgradeFile(), dfuProductIds: [0x3080] }, 'wrong-product'],
    ['empty', { ...upgradeFile(), content: new Uint8Array(0) }, 'unusable-firmware'],
    ['without a version', { ...upgradeFile(), version: 'newest' }, 'unusable-firmware'],
  ] as const)('refuses a file that is %s', async (_, file, reason) => {
    const { device, start, drive } = rig(drained);
    expect(await drive(start(file))).toEqual({ status: 'refused', reason });
    expect(conversation(device).filter((line) => line.startsWith('W') || line.startsWith('E'))).toEqual([]);
  });

  test('waits for a device that is busy, before it writes and before it starts', async () => {
    const { device, start, drive, clock } = rig(drained);
    device.state.files.busyUntil = clock.monotonic() + 60_000;
    expect((await drive(start())).status).toBe('updated');
    const firstWrite = device.received.find(({ packet }) => packet?.type === PacketType.write);
    expect(firstWrite?.at).toBeGreaterThanOrEqual(60_000);
  });

  test('gives a device up that is busy all the time', async () => {
    const { device, start, drive, clock } = rig(drained);
    device.state.files.busyUntil = Number.MAX_SAFE_INTEGER;
    expect(await drive(start())).toEqual({ status: 'failed', reason: 'busy', phase: 'checking', cause: null });
    expect(clock.monotonic()).toBeLessThan(fileUpdateTiming.busyMs + 10_000);
    expect(conversation(device).filter((line) => line.startsWith('W'))).toEqual([]);
  });

  test('tells how far it is', async () => {
    const { start, drive } = rig(drained);
    const told: UpdateProgress[] = [];
    await drive(start(upgradeFile(), { onProgress: (progress) => told.push(progress) }));
    const phases = told.map(({ phase }) => phase).filter((phase, index, all) => phase !== all[index - 1]);
    expect(phases).toEqual(['checking', 'transferring', 'verifying', 'installing']);
    expect(told.every(({ total }) => total === 12_000)).toBe(true);
    expect(told.filter(({ phase }) => phase === 'transferring').map(({ done }) => done)).toEqual([0, 0, 0, 5555, 11_110]);
    expect(told.at(-1)).toEqual({ phase: 'installing', done: 12_000, total: 12_000 });
  });

  test('finds the device wherever it comes back, and not its neighbour', async () => {
    const { device, bus, start, drive } = rig(drained);
    bus.plug(virtualDevice({ family: 'panacast-50', serial: 'NEIGHBOUR', version: newVersion }));
    const before = (await bus.list(0x0b0e)).find(({ serial }) => serial === device.serial)?.path;
    expect((await drive(start())).status).toBe('updated');
    const after = (await bus.list(0x0b0e)).find(({ serial }) => serial === device.serial)?.path;
    expect(after).not.toBe(before);
  });

  test('goes over the path of each collection as well', async () => {
    const { start, drive } = rig(drained, { paths: 'per-collection-undescribed' });
    expect((await drive(start())).status).toBe('updated');
  });

  // Processor time: others may be busy on the same machine.
  test('of two megabytes takes a program less than three seconds of its processor', async () => {
    const { device, start, drive } = rig(drained);
    const file = upgradeFile(2 * 1024 * 1024);
    const before = process.cpuUsage();
    const outcome = await drive(start(file));
    expect(outcome).toEqual({ status: 'updated', version: newVersion });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(3000);
    expect(device.state.version).not.toBe(oldVersion);
  });

  test('of a device that isn’t there fails at once', async () => {
    const { bus, device, start, drive, clock } = rig(drained);
    bus.unplug(device);
    expect(await drive(start())).toEqual({ status: 'failed', reason: 'gone', phase: 'checking', cause: null });
    expect(clock.monotonic()).toBe(0);
  });

  test('takes a port that fails for a device that isn’t there', async () => {
    const { device, start, drive, bus, clock } = rig(drained);
    const target = hidUpdateTarget(bus, clock, { vendorId: 0x0b0e, serial: device.serial, physicalPort: '' }, device.address);
    const onChange = (listener: () => void): (() => void) => target.onChange(listener);
    const broken = { onChange, connect: () => Promise.reject(new Error('no permission')) };
    expect(await drive(start(undefined, { target: broken }))).toMatchObject({ status: 'failed', reason: 'gone' });
    let fails = true;
    device.behave(
      at('piece', 20, (context) => {
        context.leave(3000);
        fails = true;
        return silence;
      }),
    );
    const failing = {
      onChange,
      connect: async () => {
        fails = !fails;
        if (fails) throw new Error('busy');
        return target.connect();
      },
    };
    expect((await drive(start(undefined, { target: failing }))).status).toBe('updated');
  });
});
