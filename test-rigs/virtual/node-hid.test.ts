import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeWith, requirement } from '../lab/requirements.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const adapters = new URL('../../agent/dist/adapters/hid/index.js', import.meta.url).href;

const nodeHidLoads = requirement(
  "node-hid's native module",
  () => spawnSync(process.execPath, ['-e', "require('node-hid').getHidapiVersion()"], { cwd: root }).status === 0,
  'apt-get install libusb-1.0-0 libudev1',
);

/** Runs code in a program of its own, with a port of the real libraries, until it ends by itself. */
async function inOwnProgram(code: string): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const script = `
    import { nodeHidPort } from ${JSON.stringify(adapters)};
    const lines = [];
    const say = (level) => (message, fields) => lines.push([level, message, fields?.source]);
    const log = { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug'), setLevel() {}, child() { return log; } };
    const clock = { now: () => Date.now(), monotonic: () => performance.now(), setTimer: (ms, run) => { const timer = setTimeout(run, ms).unref(); return { cancel: () => clearTimeout(timer) }; } };
    const port = nodeHidPort({ log, clock });
    const tell = (value) => console.log(JSON.stringify(value));
    ${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: root, timeout: 15_000, killSignal: 'SIGKILL' });
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code: exit, out, err };
}

describe('the real libraries', () => {
  test('start and end hot-plug, or say that there is none, without keeping a program alive or ending it', async () => {
    const { code, out, err } = await inOwnProgram(`
      port.onChange(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await port.close();
      tell(lines);`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = JSON.parse(out) as [string, string, string][];
    // A machine without USB, such as a container, tells so once; one with USB has nothing to tell.
    expect([[], [['warn', 'a source of hot-plug events is not available', 'usb']]]).toContainEqual(lines);
  });

  test('either list, or say what is missing', async () => {
    const { code, out } = await inOwnProgram(`tell(await port.list(0x0b0e).then((paths) => Array.isArray(paths), (error) => error.code));`);
    expect(code).toBe(0);
    expect(out.trim()).toBe(nodeHidLoads.missing() === undefined ? 'true' : '"no-library"');
  });
});

describeWith(nodeHidLoads, 'node-hid itself', () => {
  test('lists no device of a vendor that nobody has, and refuses to open what is not there', async () => {
    const { code, out, err } = await inOwnProgram(`
      const listed = await port.list(0x0000);
      const refused = await port.open({ path: '/dev/hidraw-none' }).catch((error) => [error.name, error.code]);
      await port.close();
      tell([listed, refused]);`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual([[], ['HidError', process.platform === 'linux' ? 'gone' : 'not-opened']]);
  });
});
