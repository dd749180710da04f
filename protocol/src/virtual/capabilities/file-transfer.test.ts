import { describe, expect, test } from 'vitest';
import { toHex } from '../../bytes/index.ts';
import { virtualDevice } from '../create.ts';
import { md5 } from '../md5.ts';
import { type Bench, bench } from '../testing/bench.ts';
import { versionOfUpgradeFile, virtualUpgradeFile } from '../upgrade-file.ts';

const content = virtualUpgradeFile('8.1.0', 100);
const text = (bytes: Uint8Array): string => toHex(bytes).toUpperCase().replaceAll(/../g, '$& ').trim();

const askIdle = '05 01 00 01 46 26 1D';
const announceChecksum = '05 01 00 02 47 03 03 00';
const askChecksum = '05 01 00 03 47 03 03 40';
const remove = '05 01 00 04 92 03 04 0B 75 70 67 72 61 64 65 2E 7A 69 70';
/** 100 bytes. */
const begin = '05 01 00 05 96 03 00 0F 00 00 00 64 75 70 67 72 61 64 65 2E 7A 69 70';
/** The file's two blocks: 55 bytes posted, 45 with an ACK asked for. */
const first = `05 01 00 00 3F 03 00 78 00 ${text(content.subarray(0, 55))}`;
const second = `05 01 00 06 B5 03 00 6E 01 ${text(content.subarray(55))}`;
const start = '05 01 00 07 87 07 03 02';
const checksumOf = (bytes: Uint8Array): string => `05 00 01 03 DB 03 03 00 00 00 00 00 ${text(md5(bytes))}`;
const acknowledged = (sequence: number): string => `05 00 01 0${sequence} C5 FF`;
const refused = (sequence: number, reason: string): string => `05 00 01 0${sequence} C6 FE ${reason}`;

const videoBar = (): Promise<Bench> => bench({ family: 'panacast-50' });

/** Sends the whole file. */
const send = ({ exchange }: Bench): Promise<string[]> => exchange(begin, first, second);

describe('a virtual video bar', () => {
  test('takes a file in blocks and gives its checksum', async () => {
    const made = await videoBar();
    expect(await send(made)).toEqual([acknowledged(5), acknowledged(6)]);
    expect(made.device.state.files.content).toEqual(content);
    expect(await made.exchange(announceChecksum, askChecksum)).toEqual(['05 00 01 02 C6 03 03', checksumOf(content)]);
  });

  test('holds no file at first, and none after its removal', async () => {
    const made = await videoBar();
    expect(await made.exchange(remove)).toEqual([refused(4, 'F7')]);
    expect(await made.exchange(announceChecksum, askChecksum)).toEqual(['05 00 01 02 C6 03 03', refused(3, 'F7')]);
    await send(made);
    expect(await made.exchange(remove, remove)).toEqual([acknowledged(4), refused(4, 'F7')]);
  });

  test('gives its checksum only where it was announced', async () => {
    const made = await videoBar();
    await send(made);
    expect(await made.exchange(askChecksum)).toEqual([refused(3, 'F0')]);
  });

  test('spoils a file where a block is missing, comes twice, or is more than was said', async () => {
    for (const blocks of [[second], [first, first, second], [first, second, first.replace('78 00', '78 02')]]) {
      const made = await videoBar();
      await made.exchange(begin, ...blocks);
      expect(await made.exchange(second)).toEqual([refused(6, 'F0')]);
    }
  });

  test('takes no block of a file that was not begun, nor after it lost its host', async () => {
    const made = await videoBar();
    expect(await made.exchange(second)).toEqual([refused(6, 'F0')]);
    await made.exchange(begin, first);
    made.bus.unplug(made.device);
    made.bus.plug(made.device);
    expect(made.device.state.files.append(1, content.subarray(55))).toBe(false);
    expect(made.device.state.files.content).toEqual(content.subarray(0, 55));
  });

  test('has no space for a file of four gigabytes', async () => {
    const { exchange } = await videoBar();
    expect(await exchange(begin.replace('00 00 00 64', 'FF FF FF FF'))).toEqual([refused(5, 'F0')]);
  });

  test('is busy while it installs, leaves, and comes back with the file’s version', async () => {
    const made = await videoBar();
    const { staysMs, awayMs } = made.device.state.files.installTiming;
    await send(made);
    expect(await made.exchange(askIdle, start, askIdle)).toEqual(['05 00 01 01 C7 26 1D 00', acknowledged(7), '05 00 01 01 C7 26 1D 01']);
    await made.clock.advance(staysMs);
    expect(made.bus.isPlugged(made.device)).toBe(false);
    await made.clock.advance(awayMs);
    expect([made.bus.isPlugged(made.device), made.device.state.version, made.device.state.bricked]).toEqual([true, '8.1.0', false]);
    expect(made.device.state.files.content).toBeNull();
  });

  test('without a file installs none', async () => {
    const { exchange } = await videoBar();
    expect(await exchange(start)).toEqual([refused(7, 'F7')]);
  });

  // Signed payload, dual image, self recovery: what fwupd jabra-file declares.
  test.each([
    ['cut', [begin, first]],
    ['another’s', [begin, first.replace('76 69 72', '00 00 00'), second]],
  ])('that is told to install a file that is %s comes back as it was', async (_, reports) => {
    const made = await videoBar();
    await made.exchange(...reports, start);
    await made.clock.advance(3_600_000);
    expect([made.bus.isPlugged(made.device), made.device.state.version, made.device.state.bricked]).toEqual([true, '8.0.7', false]);
  });

  test('that loses its power while it installs comes back as it was', async () => {
    const made = await videoBar();
    await send(made);
    await made.exchange(start);
    await made.clock.advance(60_000);
    made.bus.plug(made.device);
    await made.clock.advance(3_600_000);
    expect([made.bus.isPlugged(made.device), made.device.state.version]).toEqual([true, '8.0.7']);
  });
});

describe('a wrong sequence', () => {
  const isBricked = async (made: Bench, reason: RegExp): Promise<void> => {
    await made.clock.advance(3_600_000);
    made.bus.plug(made.device);
    expect(made.device.state.bricked).toBe(true);
    expect(made.device.state.files.bricked).toMatch(reason);
    expect(await made.bus.list(0x0b0e)).toEqual([]);
  };

  test.each([
    ['a removal', remove],
    ['a new file', begin],
    ['a block', first],
    ['an acknowledged block', second],
  ])('(%s while it installs) breaks it for good', async (_, report) => {
    const made = await videoBar();
    await send(made);
    expect(await made.exchange(start, report)).toEqual([acknowledged(7)]);
    await isBricked(made, /files were written to/);
  });

  test('(a start while it is busy) breaks it for good', async () => {
    const made = await videoBar();
    await send(made);
    made.device.state.files.busyUntil = 1000;
    expect(await made.exchange(start)).toEqual([]);
    await isBricked(made, /busy/);
  });
});

test('other devices have no files and no video', async () => {
  for (const family of ['evolve2-75', 'speak-510']) {
    const { exchange } = await bench(virtualDevice({ family }));
    expect(await exchange(askIdle.replace('05 01', '05 08'))).toEqual(['05 00 08 01 C6 FE F6']);
  }
});

test('an upgrade file says its version, and any other bytes say none', () => {
  expect(versionOfUpgradeFile(virtualUpgradeFile('12.34.56', 10))).toBe('12.34.56');
  expect(versionOfUpgradeFile(content.subarray(1))).toBeNull();
  expect(versionOfUpgradeFile(new Uint8Array(0))).toBeNull();
});
