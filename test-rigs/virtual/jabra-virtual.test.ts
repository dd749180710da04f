import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dongle, type FoundHeadset, jabraVendorId, Session } from '@jpd/protocol';
import { machineClock } from '../platform/machine-clock.ts';
import { connectBus } from './bus-client.ts';
import { type Outcome, run, start } from './testing/jabra-virtual.ts';

const folder = mkdtempSync(join(tmpdir(), 'jabra-virtual-'));
const socket = process.platform === 'win32' ? String.raw`\\.\pipe\jabra-virtual-${process.pid}` : join(folder, 'bus.sock');

const onBus = (command: string, ...words: string[]): Promise<Outcome> => run(command, '--socket', socket, ...words);
const onHeadset = (command: string, ...words: string[]): Promise<Outcome> => onBus(command, '--device', '70BF92000001', ...words);
const silentlyDone: Outcome = { code: 0, out: '', err: '' };

interface Listed {
  readonly devices: readonly (Readonly<Record<string, unknown>> & { readonly serial: string; readonly plugged: boolean })[];
}
async function listed(serial: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { devices } = JSON.parse((await onBus('list', '--json')).out) as Listed;
  return devices.find((device) => device.serial === serial);
}

describe('jabra-virtual', () => {
  let bus: ReturnType<typeof start>;
  beforeAll(async () => {
    bus = start(
      'serve',
      '--socket',
      socket,
      '--device',
      'evolve2-75:70BF92000001',
      '--device',
      'link-380:50C275000001+evolve2-65:70BF92000002',
      '--device',
      'panacast-50',
    );
    await bus.firstLine;
  });
  afterAll(async () => {
    bus.child.kill();
    await bus.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  test('lists the devices with exactly the keys of the contract', async () => {
    const { code, out, err } = await onBus('list', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { devices } = JSON.parse(out) as Listed;
    expect(devices.map(({ serial, model, version, plugged, battery, writes }) => [serial, model, version, plugged, battery, writes])).toEqual([
      ['70BF92000001', 'evolve2-75', '1.8.13', true, 80, 0],
      ['50C275000001', 'link-380', '1.16.0', true, null, 0],
      ['70BF92000002', 'evolve2-65', '2.8.5', true, 80, 0],
      ['301200000001', 'panacast-50', '8.0.7', true, null, 0],
    ]);
    expect(Object.keys(devices[1] ?? {})).toEqual(['serial', 'model', 'version', 'plugged', 'battery', 'writes', 'settings']);
    expect(devices[1]?.['settings']).toEqual({ autoPairing: true });
    expect((await onBus('list')).out.split('\n')[0]).toMatch(/^SERIAL +MODEL +VERSION +PLUGGED +BATTERY +WRITES$/);
  });

  test('prints bare values, and nothing for what is unset', async () => {
    expect(await onHeadset('get', '--setting', 'sidetoneEnabled')).toEqual({ code: 0, out: 'true\n', err: '' });
    expect(await onHeadset('get', '--setting', 'ancLevel')).toEqual({ code: 0, out: '3\n', err: '' });
    expect(await onHeadset('get', '--setting', 'voiceGuidance')).toEqual({ code: 0, out: 'voice\n', err: '' });
    expect(await onHeadset('get', '--setting', 'autoPairing')).toMatchObject({ code: 0, out: '' });
  });

  test('changes a setting on the device, a negative number and text alike', async () => {
    expect(await onHeadset('set', '--setting', 'sidetoneLevel', '--value', '-3')).toEqual(silentlyDone);
    expect((await onHeadset('get', '--setting', 'sidetoneLevel')).out).toBe('-3\n');
    expect(await onHeadset('set', '--setting', 'voiceGuidance', '--value', 'tones')).toEqual(silentlyDone);
    expect((await onHeadset('get', '--setting', 'voiceGuidance')).out).toBe('tones\n');
    expect(await onHeadset('set', '--setting', 'deviceName', '--value', '"42"')).toEqual(silentlyDone);
    expect((await onHeadset('get', '--setting', 'deviceName')).out).toBe('42\n');
  });

  test('takes a headset off its dongle and puts it back, by its own serial', async () => {
    expect(await onBus('unplug', '--device', '70BF92000002')).toEqual(silentlyDone);
    expect(await listed('70BF92000002')).toMatchObject({ plugged: false });
    expect(await onBus('plug', '--device', '70BF92000002')).toEqual(silentlyDone);
    expect(await listed('70BF92000002')).toMatchObject({ plugged: true });
  });

  test('keeps a device and its values while it is unplugged', async () => {
    await onHeadset('set', '--setting', 'ancLevel', '--value', '5');
    expect(await onHeadset('unplug')).toEqual(silentlyDone);
    expect(await listed('70BF92000001')).toMatchObject({ plugged: false });
    expect((await onHeadset('get', '--setting', 'ancLevel')).out).toBe('5\n');
    expect(await onHeadset('press', '--button', 'hook')).toMatchObject({ code: 1, out: '' });
    expect(await onHeadset('plug')).toEqual(silentlyDone);
    expect(await onHeadset('plug')).toEqual(silentlyDone);
    expect(await listed('70BF92000001')).toMatchObject({ plugged: true });
  });

  test('sets the battery of what has one', async () => {
    expect(await onHeadset('battery', '--level', '17', '--charging')).toEqual(silentlyDone);
    expect(await listed('70BF92000001')).toMatchObject({ battery: 17 });
    expect(await onBus('battery', '--device', '50C275000001', '--level', '17')).toMatchObject({ code: 1, out: '' });
  });

  test('puts every setting back at a power cut', async () => {
    await onBus('set', '--device', '50C275000001', '--setting', 'autoPairing', '--value', 'false');
    expect(await onBus('fault', '--device', '50C275000001', '--kind', 'power-cut', '--count', '1')).toEqual(silentlyDone);
    expect((await onBus('get', '--device', '50C275000001', '--setting', 'autoPairing')).out).toBe('true\n');
  });

  test('plugs in a device that the bus did not know, and tells a serial that it made up', async () => {
    expect(await onBus('plug', '--device', 'speak-510')).toEqual({ code: 0, out: '042000000001\n', err: '' });
    expect(await listed('042000000001')).toMatchObject({ model: 'speak-510', plugged: true });
  });

  test('puts headsets in range of a dongle, and shows how its radio sees them', async () => {
    const dongle = ['--device', '50C275000001'] as const;
    expect(await onBus('air', ...dongle, '--headset', 'evolve2-85:70BF920000A1')).toEqual({ code: 0, out: '70BF920000A1\n', err: '' });
    expect(await onBus('air', ...dongle, '--headset', '70BF920000A1', '--hidden')).toEqual(silentlyDone);
    const { headsets } = JSON.parse((await onBus('radio', ...dongle, '--json')).out) as { headsets: readonly unknown[] };
    expect(headsets).toEqual([
      {
        serial: '70BF92000002',
        model: 'evolve2-65',
        address: '70:BF:92:00:00:02',
        inRange: true,
        discoverable: false,
        paired: true,
        connected: true,
      },
      {
        serial: '70BF920000A1',
        model: 'evolve2-85',
        address: '70:BF:92:00:00:A1',
        inRange: true,
        discoverable: false,
        paired: false,
        connected: false,
      },
    ]);
    expect((await onBus('radio', ...dongle)).out).toMatch(/^SERIAL +MODEL +ADDRESS +IN RANGE +PAIRING MODE +PAIRED +CONNECTED\n/);
    expect(await listed('70BF920000A1')).toMatchObject({ plugged: false });
    expect(await onBus('unplug', '--device', '70BF920000A1')).toEqual(silentlyDone);
    expect((await onBus('radio', ...dongle)).out).toMatch(/70BF920000A1 +evolve2-85 +70:BF:92:00:00:A1 +no +no +no +no\n/);
    expect((await run('air', '--help')).out).toContain('--headset');
  });

  test('lets another program pair a headset that was put in range', async () => {
    expect(await onBus('plug', '--device', 'link-370:50C275000099')).toEqual({ code: 0, out: '50C275000099\n', err: '' });
    await onBus('air', '--device', '50C275000099', '--headset', 'evolve2-65:70BF920000B2');
    const { client, close } = await connectBus(socket);
    const info = (await client.request('hid.list', { vendorId: jabraVendorId })).find(({ serial }) => serial === '50C275000099');
    const session = new Session(await client.open(info?.path ?? ''), machineClock);
    const dongle = new Dongle(session, machineClock);
    const cancel = new AbortController();
    const found = new Promise<string>((resolve) => {
      const onFound = ({ address, name }: FoundHeadset): void => {
        if (name === 'Jabra Evolve2 65') resolve(address);
      };
      dongle.search({ onFound, signal: cancel.signal }).catch(() => undefined);
    });
    await dongle.pair(await found);
    cancel.abort();
    expect((await dongle.child())?.identity).toMatchObject({ serial: '70BF920000B2', complete: true });
    expect(await listed('70BF920000B2')).toMatchObject({ plugged: true });
    expect((await onBus('radio', '--device', '50C275000099')).out).toMatch(/70BF920000B2 +evolve2-65 +70:BF:92:00:00:B2 +yes +no +yes +yes\n/);
    await session.close();
    await close();
  });

  test('offers the same devices as HID paths', async () => {
    const { client, close } = await connectBus(socket);
    const infos = await client.request('hid.list', { vendorId: jabraVendorId });
    expect(infos.map(({ productId, bus: kind, physicalPort }) => [productId, kind, physicalPort]).slice(0, 3)).toEqual([
      [0x24da, 'virtual', 'virtual-1'],
      [0x24c7, 'virtual', 'virtual-2'],
      [0x3012, 'virtual', 'virtual-3'],
    ]);
    await close();
  });

  test.each([
    ['an unknown device', ['get', '--device', 'NOPE', '--setting', 'ancLevel'], 1],
    ['a setting that the device lacks', ['set', '--device', '70BF92000001', '--setting', 'autoPairing', '--value', 'true'], 1],
    ['a setting that nobody knows', ['set', '--device', '70BF92000001', '--setting', 'frob', '--value', 'true'], 2],
    ['a value that is none', ['set', '--device', '70BF92000001', '--setting', 'sidetoneLevel', '--value', '-4'], 2],
    ['a value that no setting takes', ['set', '--device', '70BF92000001', '--setting', 'sidetoneLevel', '--value', '{}'], 2],
    ['a battery level that is none', ['battery', '--device', '70BF92000001', '--level', '101'], 2],
    ['a fault that nobody knows', ['fault', '--device', '70BF92000001', '--kind', 'frob', '--count', '1'], 2],
    ['a count that is none', ['fault', '--device', '70BF92000001', '--kind', 'nack', '--count', '0'], 2],
    ['a button that nobody knows', ['press', '--device', '70BF92000001', '--button', 'frob'], 2],
    ['a headset in range of a headset', ['air', '--device', '70BF92000001', '--headset', 'evolve2-65'], 1],
    ['a headset in range that is on a cable', ['air', '--device', '50C275000001', '--headset', '70BF92000001'], 2],
    ['a radio of a headset', ['radio', '--device', '70BF92000001'], 1],
    ['a missing option', ['get', '--device', '70BF92000001'], 2],
    ['an unknown option', ['list', '--frob'], 2],
  ] as const)('refuses %s with exit code and a line on standard error only', async (_, [command, ...words], code) => {
    const outcome = await onBus(command, ...words);
    expect(outcome).toMatchObject({ code, out: '' });
    expect(outcome.err).not.toMatch(/\n\s+at /);
    expect(outcome.err.trim()).not.toBe('');
  });

  test('says that another bus serves on the socket already', async () => {
    expect(await run('serve', '--socket', socket)).toEqual({ code: 1, out: '', err: `another virtual bus serves on ${socket}\n` });
  });
});

describe('jabra-virtual without a bus', () => {
  const nowhere = join(tmpdir(), `jabra-virtual-nowhere-${process.pid}.sock`);

  test('says that no bus answers', async () => {
    const { code, out, err } = await run('list', '--socket', nowhere);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^no virtual bus answers on .*\n$/);
  });

  test('lists the models', async () => {
    const { models } = JSON.parse((await run('models', '--json')).out) as { models: { id: string }[] };
    expect(models.length).toBe(26);
    expect(models.map(({ id }) => id)).toContain('evolve2-65-flex');
    expect((await run('models')).out).toMatch(/^MODEL +NAME/);
  });

  test.each([
    ['an unknown model', ['serve', '--socket', nowhere, '--device', 'evolve9']],
    ['a serial twice', ['serve', '--socket', nowhere, '--device', 'evolve2-75:1', '--device', 'evolve2-65:1']],
    ['a headset behind a headset', ['serve', '--socket', nowhere, '--device', 'evolve2-75:1+evolve2-65:2']],
    ['two headsets behind a dongle', ['serve', '--socket', nowhere, '--device', 'link-380:1+evolve2-65:2+evolve2-65:3']],
    ['no socket', ['serve']],
    ['an unknown command', ['frob']],
    ['no command', []],
  ])('takes %s for wrong use', async (_, words) => {
    const { code, out, err } = await run(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
    expect(existsSync(nowhere)).toBe(false);
  });

  test('tells its version, which is the package’s, and how it is used', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect(await run('--help')).toMatchObject({ code: 0, err: '' });
    expect(await run('plug', '--help')).toMatchObject({ code: 0, err: '' });
  });

  test('ends cleanly when it is told to, and removes its socket', async () => {
    const own = process.platform === 'win32' ? String.raw`\\.\pipe\jabra-virtual-own-${process.pid}` : `${nowhere}-own`;
    const { child, ended, firstLine } = start('serve', '--socket', own);
    await firstLine;
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, out: 'ready\n', err: '' });
    expect(existsSync(own)).toBe(false);
  });
});
