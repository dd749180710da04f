import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractFile, getRawHeader, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { findElectron } from '../lab/electron/electron-runtime.ts';
import { type PackedApp, packForLinux, packForWindows, stage, withFuses } from '../lab/electron/packed-app.ts';
import { VirtualDisplay } from '../lab/electron/virtual-display.ts';
import { mappedFiles, processTree } from '../lab/process-tree.ts';
import { RunningProgram } from '../lab/processes.ts';
import { projectFile } from '../lab/project-file.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';
import { electronOnScreen, homeFolder } from './tray-app.ts';

const wanted = z
  .object({ appId: z.string(), electronFuses: z.record(z.string(), z.boolean()) })
  .parse(parse(readFileSync(projectFile('electron-builder.yml'), 'utf8')));

/** A digit. */
const isOn = '1'.charCodeAt(0);

/** What the program has, by the names of electron-builder.yml. */
async function fusesOf(executable: string): Promise<Record<string, boolean>> {
  const wire = await getCurrentFuseWire(executable);
  return Object.fromEntries(
    Object.entries(wire)
      .filter(([index]) => index !== 'version')
      .map(([index, state]) => {
        const name = FuseV1Options[Number(index)] ?? index;
        return [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, Number(state) === isOn];
      }),
  );
}

const wordsIn = (text: string): string[] => text.split(' ');
const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const paths = (app: PackedApp): string[] => listPackage(app.archive, { isPack: false }).map((path) => path.slice(1));
const files = (app: PackedApp): string[] => paths(app).filter((path, _, all) => !all.some((other) => other.startsWith(`${path}/`)));

/** What a header says of a file. */
const fileSchema = z.object({
  size: z.number(),
  unpacked: z.boolean().optional(),
  integrity: z.object({ algorithm: z.literal('SHA256'), hash: z.string() }),
});
type Node = { readonly files: Readonly<Record<string, Node>> } | z.infer<typeof fileSchema>;
const nodeSchema: z.ZodType<Node> = z.lazy(() => z.union([z.object({ files: z.record(z.string(), nodeSchema) }), fileSchema]));

function* told(node: Node, path = ''): Generator<readonly [string, z.infer<typeof fileSchema>]> {
  if (!('files' in node)) yield [path, node];
  else for (const [name, below] of Object.entries(node.files)) yield* told(below, path === '' ? name : `${path}/${name}`);
}
const header = (app: PackedApp) => [...told(nodeSchema.parse(getRawHeader(app.archive).header))];

describeWith(electronOnScreen, 'the packed tray app', () => {
  const home = homeFolder();
  let display: VirtualDisplay;
  let app: PackedApp;
  beforeAll(async () => {
    display = await VirtualDisplay.start();
    stage();
    app = packForLinux();
    writeFileSync(
      join(home.path, 'agent.json'),
      JSON.stringify({
        organizationId: 'acme',
        enrollmentToken: 'token',
        brokerUrl: 'mqtt://127.0.0.1:1',
        stateDir: join(home.path, 'state'),
        hid: { driver: 'node-hid' },
      }),
      { mode: 0o600 },
    );
  });
  afterAll(async () => {
    app?.remove();
    await display?.stop();
    home.remove();
  });
  const environment = (extra: Readonly<Record<string, string>> = {}) => ({
    DISPLAY: display.name,
    HOME: home.path,
    XDG_CONFIG_HOME: home.path,
    ...extra,
  });
  const start = (words: readonly string[] = [], extra: Readonly<Record<string, string>> = {}) =>
    RunningProgram.start(
      app.executable,
      ['--no-sandbox', '--background', `--config=${join(home.path, 'agent.json')}`, '--login-session=one', ...words],
      { env: environment(extra) },
    );

  it('has the fuses that electron-builder.yml wants, as far as its Electron has them', async () => {
    const { grantFileProtocolExtraPrivileges: newer, ...known } = wanted.electronFuses;
    expect(newer).toBe(false);
    expect(known).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
    });
    expect(await fusesOf(app.executable)).toMatchObject(known);
  });

  it('holds the application, its licences and the packages with machine code, and nothing else', () => {
    const all = files(app);
    const own = all.filter((path) => !path.startsWith('node_modules/')).map((path) => path.replace(/-[\w-]{8}\.(js|css|cjs)$/, '-*.$1'));
    const icons = ['attention', 'normal', 'unmanaged', 'updating'].flatMap((state) =>
      ['black', 'white'].flatMap((ink) => ['16', '20', '24', '32'].map((size) => `icons/${state}-${ink}-${size}.png`)),
    );
    expect(own.toSorted()).toEqual(
      [
        ...icons,
        ...['jabra-agent-child.cjs', 'Reflect-*.cjs', 'rolldown-runtime-*.cjs', 'x509.cjs-*.cjs'].map((name) => `agent/${name}`),
        ...wordsIn('page/index.html page/assets/index-*.js page/assets/index-*.css agent-entry.cjs licences.json main.cjs package.json preload.cjs'),
      ].toSorted(),
    );
    const packages = new Set(all.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
    expect([...packages].toSorted()).toEqual([
      '@node-usb/usb-linux-x64-gnu',
      ...wordsIn('abstract-level base64-js buffer classic-level ieee754 is-buffer level-supports level-transcoder'),
      ...wordsIn('maybe-combine-errors module-error node-gyp-build node-hid pkg-prebuilds usb'),
    ]);
    const surplus = all.filter(
      (path) => /\.(ts|map|md|c|cc|h|gyp)$|\/(test|tests|deps|src|\.[^/]+)\//.test(path) || /(darwin|win32|arm|musl)/.test(path),
    );
    expect(surplus).toEqual([]);
  });

  it('keeps machine code outside of the archive, as its makers built it, and all other code inside', () => {
    const outside = header(app).filter(([, { unpacked }]) => unpacked === true);
    expect(outside.map(([path]) => path.replace('node_modules/', '')).toSorted()).toEqual([
      '@node-usb/usb-linux-x64-gnu/usb.linux-x64-gnu.node',
      'classic-level/prebuilds/linux-x64/classic-level.node',
      'node-hid/prebuilds/HID-linux-x64/node-napi-v4.node',
      'node-hid/prebuilds/HID_hidraw-linux-x64/node-napi-v4.node',
    ]);
    for (const [path] of outside) expect(sha256(readFileSync(join(`${app.archive}.unpacked`, path)))).toBe(sha256(readFileSync(projectFile(path))));
    expect(files(app).filter((path) => path.endsWith('.node'))).toHaveLength(outside.length);
  });

  it('has a hash of every file of the archive in its header', () => {
    const inside = header(app).filter(([, { unpacked }]) => unpacked !== true);
    expect(inside.length).toBeGreaterThan(60);
    for (const [path, { integrity }] of inside) expect([path, integrity.hash]).toEqual([path, sha256(extractFile(app.archive, path))]);
  });

  it('for Windows, has all fuses and the hash of the header in the program itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'js-'));
    try {
      withFuses(projectFile('node_modules/electron-winstaller/vendor/7z-x64.exe'), join(folder, 'electron.exe'));
      const windows = packForWindows(join(folder, 'electron.exe'));
      try {
        expect(await fusesOf(windows.executable)).toEqual({ ...wanted.electronFuses, loadBrowserProcessSpecificV8Snapshot: false });
        const written = /\[\{"file":"resources[^\]]*\]/.exec(readFileSync(windows.executable, 'latin1'))?.[0] ?? '[]';
        // Where Windows' Electron starts, it compares these; on Linux there is no such check.
        expect(JSON.parse(written)).toEqual([
          { file: String.raw`resources\app.asar`, alg: 'SHA256', value: sha256(getRawHeader(windows.archive).headerString) },
        ]);
      } finally {
        windows.remove();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is, to Windows, the application that shows its notifications', () => {
    expect(extractFile(app.archive, 'main.cjs').toString()).toContain(`setAppUserModelId("${wanted.appId}")`);
  });

  it('names the licence of every package in it, each with its text', () => {
    const licences = z
      .array(z.object({ name: z.string(), version: z.string(), licence: z.string(), text: z.string() }))
      .parse(JSON.parse(extractFile(app.archive, 'licences.json').toString()));
    const names = new Set(licences.map(({ name }) => name));
    const modules = z.array(z.string()).parse(JSON.parse(readFileSync(projectFile('tray-ui/out/modules.json'), 'utf8')));
    const bundled = modules.flatMap((path) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
    expect(new Set(bundled).size).toBeGreaterThan(80);
    const native = files(app).flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1] ?? []);
    const known = [
      'mqtt',
      'winston',
      'saxes',
      'fflate',
      '@peculiar/x509',
      'react',
      'react-dom',
      'scheduler',
      '@fluentui/react-button',
      '@fluentui/react-icons',
      '@griffel/core',
      'tabster',
      'i18next',
      'zod',
    ];
    expect([...bundled, ...native, ...known, 'electron', 'rolldown'].filter((name) => !names.has(name))).toEqual([]);
    expect(licences.filter(({ version, licence, text }) => version === '' || licence === '' || text.length < 300).map(({ name }) => name)).toEqual(
      [],
    );
    expect(licences.filter(({ licence }) => /(^|[^L])GPL/.test(licence)).map(({ name }) => name)).toEqual([]);
    expect(licences.find(({ name }) => name === 'classic-level')?.text).toContain('The LevelDB Authors');
    // What the tests are made with doesn't ship.
    expect(['vitest', 'playwright-core', 'typescript', 'electron-builder', 'fastify'].filter((name) => names.has(name))).toEqual([]);
  });

  it("runs its agent in a process of its own, with the machine code from beside the archive, and nobody else's code", async () => {
    const running = start();
    try {
      await running.tells(/INFO agent: started/);
      const libraries = await eventually('the agent has its libraries', () => agentLibraries(running.pid));
      expect(libraries.map((path) => path.replace(`${app.archive}.unpacked/node_modules/`, ''))).toEqual(
        expect.arrayContaining(['classic-level/prebuilds/linux-x64/classic-level.node', expect.stringMatching(/^node-hid\/prebuilds\/HID/)]),
      );
      expect(libraries.every((path) => path.startsWith(`${app.archive}.unpacked/`))).toBe(true);

      // A second program finds the first and ends with 0; one that obeyed would end otherwise.
      const script = join(home.path, 'script.cjs');
      writeFileSync(script, 'process.exit(77);\n');
      const asNode = await start([], { ELECTRON_RUN_AS_NODE: '1' }).ended;
      expect(asNode.code).toBe(0);
      expect((await start([], { NODE_OPTIONS: `--require=${script}` }).ended).code).toBe(0);
      const inspected = await start(['--inspect=127.0.0.1:0']).ended;
      expect([inspected.code, inspected.err.includes('Debugger listening')]).toEqual([0, false]);
      // The same words to an Electron as it comes.
      const stock = findElectron()?.executable ?? '';
      const stockAsNode = await RunningProgram.start(stock, [script], { env: environment({ ELECTRON_RUN_AS_NODE: '1' }) }).ended;
      expect(stockAsNode.code).toBe(77);
      const stockWithOptions = RunningProgram.start(stock, ['--no-sandbox', projectFile('tray-ui/out/app')], {
        env: environment({ NODE_OPTIONS: `--require=${script}` }),
      });
      expect((await stockWithOptions.ended).code).toBe(77);
    } finally {
      await running.stop();
    }
  });

  it('takes no folder for its application', async () => {
    const folder = join(app.folder, 'resources/app');
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{ "name": "other", "main": "main.cjs" }');
    writeFileSync(join(folder, 'main.cjs'), 'process.exit(77);\n');
    renameSync(app.archive, `${app.archive}.aside`);
    const running = start();
    try {
      // An Electron as it comes would run it: that is how the other tests of this folder start the app.
      expect((await running.ended).code).toBe(1);
    } finally {
      await running.kill();
      rmSync(folder, { recursive: true });
      renameSync(`${app.archive}.aside`, app.archive);
    }
  });
});

/** The machine code of packages in the process under the app in which the agent runs. */
function agentLibraries(pid: number): string[] | undefined {
  return processTree(pid)
    .map((one) => mappedFiles(one).filter((path) => path.endsWith('.node')))
    .find((libraries) => libraries.some((path) => path.includes('node-hid')));
}
