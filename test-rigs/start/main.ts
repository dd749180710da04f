/** The main job with embedded parts, all of it through the real programs: `npm start`. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { LiveText, renderTable } from './live-table.ts';
import { PlatformView } from './platform-view.ts';
import { Program } from './program.ts';

const devices = ['evolve2-75:70BF92000001', 'link-380:50C275000001+evolve2-65:70BF92000002', 'speak2-75:30A1B2000003'];
const refreshMs = 500;

const runFolderFile = fileURLToPath(new URL('../../tools/run-folder.mjs', import.meta.url));
const { runFolder } = z.object({ runFolder: z.string() }).parse(await import(pathToFileURL(runFolderFile).href));
const file = (name: string): string => join(runFolder, name);
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const running: Program[] = [];
let agent: Program | null = null;
let logins = 0;
let ending = false;

async function start(name: ConstructorParameters<typeof Program>[0], args: readonly string[]): Promise<Program> {
  const program = new Program(name, args, file(`${name}.log`));
  running.push(program);
  await program.ready(file(`${name}.log`));
  return program;
}

/** A person logs in: the agent of the login session before ends, and one starts in the new session. */
async function logIn(): Promise<void> {
  await agent?.stop();
  logins += 1;
  agent = new Program('jabra-agent', ['run', '--config', file('agent.json'), '--login-session', `login-${logins}`], file('jabra-agent.log'));
}

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  say('\nending …');
  await agent?.stop();
  for (const program of running.toReversed()) await program.stop();
  control.close();
  await rm(runFolder, { recursive: true, force: true });
}

function introduction(view: PlatformView): string {
  const socket = file('vhid.sock');
  const data = file('platform');
  const port = new URL(view.mqttUrl).port;
  const { userName, password } = view.operator;
  return [
    '',
    `platform  ${view.httpUrl}   broker ${view.mqttUrl}   log files ${runFolder}`,
    '',
    'From a second terminal, in this folder:',
    `  npx --no-install jabra-virtual unplug --socket ${socket} --device 70BF92000001`,
    `  npx --no-install jabra-virtual plug --socket ${socket} --device 70BF92000001`,
    `  npx --no-install jabra-platform publish --data ${data} --device 24da-70bf92000001 --set sidetoneLevel=-6 --lock sidetoneLevel`,
    '  npm run login                     # log in again: what was published is applied now',
    `  npx --no-install jabra-virtual set --socket ${socket} --device 70BF92000001 --setting sidetoneLevel --value 3`,
    `  npx --no-install jabra-platform devices --data ${data} --json`,
    `  mosquitto_sub -V 311 -h 127.0.0.1 -p ${port} -u ${userName} -P ${password} -v -t 'jabra/v1/#'`,
    '',
    'Ctrl-C ends all of it.',
    '',
  ].join('\n');
}

const control = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', () => {
    void logIn().then(() => socket.end(`logged in again: login session login-${logins}\n`));
  });
});

async function run(): Promise<void> {
  await rm(runFolder, { recursive: true, force: true });
  await mkdir(runFolder, { recursive: true, mode: 0o700 });
  await start('jabra-platform', ['serve', '--data', file('platform')]);
  await start('jabra-virtual', ['serve', '--socket', file('vhid.sock'), ...devices.flatMap((device) => ['--device', device])]);
  const view = await PlatformView.open(file('platform'));
  const configuration = {
    organizationId: view.organizationId,
    enrollmentToken: view.enrollmentToken,
    brokerUrl: view.mqttUrl,
    stateDir: file('state'),
    hid: { driver: 'virtual', socket: file('vhid.sock') },
  };
  await writeFile(file('agent.json'), JSON.stringify(configuration, null, 2), { mode: 0o600 });
  await new Promise<void>((resolve, reject) => {
    control.once('error', reject);
    control.listen(file('control.sock'), resolve);
  });
  await logIn();
  say(introduction(view));
  const live = new LiveText(process.stdout);
  while (!ending) {
    try {
      live.show(renderTable(await view.rows()));
    } catch (error) {
      if (!ending) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, refreshMs));
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
  await end();
}
