import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { run, start } from './testing/jabra-virtual.ts';

const folder = mkdtempSync(join(tmpdir(), 'jabra-virtual-usb-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('jabra-virtual usbip', () => {
  test('takes the control commands for its devices, and ends cleanly', async () => {
    const socket = process.platform === 'win32' ? String.raw`\\.\pipe\jabra-virtual-usb-${process.pid}` : join(folder, 'bus.sock');
    const words = ['--listen', '127.0.0.1:0', '--device', 'evolve2-75:70BF92000001', '--device', 'link-380:50C275000001+evolve2-65:70BF92000002'];
    const server = start('usbip', ...words, '--socket', socket);
    expect(await server.firstLine).toBe('ready');
    const { devices } = JSON.parse((await run('list', '--socket', socket, '--json')).out) as { devices: { serial: string }[] };
    expect(devices.map(({ serial }) => serial)).toEqual(['70BF92000001', '50C275000001', '70BF92000002']);
    server.child.kill('SIGINT');
    expect(await server.ended).toEqual({ code: 0, out: 'ready\n', err: '' });
    expect(existsSync(socket)).toBe(false);
  });

  test('says that its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const bound = other.address();
    const address = `127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`;
    const { code, out, err } = await run('usbip', '--listen', address, '--device', 'evolve2-75');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(address);
    await new Promise((resolve) => other.close(resolve));
  });

  test.each([
    ['no address', ['usbip', '--device', 'evolve2-75']],
    ['an address without a port', ['usbip', '--listen', 'localhost', '--device', 'evolve2-75']],
    ['a port that is none', ['usbip', '--listen', 'localhost:70000', '--device', 'evolve2-75']],
    ['a socket without a path', ['usbip', '--listen', 'unix:', '--device', 'evolve2-75']],
    ['no device', ['usbip', '--listen', '127.0.0.1:0']],
    ['an unknown model', ['usbip', '--listen', '127.0.0.1:0', '--device', 'evolve9']],
    ['no device for the kernel', ['uhid']],
  ])('takes %s for wrong use', async (_, words) => {
    const { code, out, err } = await run(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });
});
