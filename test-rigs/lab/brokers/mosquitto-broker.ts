import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../find-program.ts';
import type { Certificate } from './certificates.ts';
import { listenOnLoopback } from './listening.ts';

const run = promisify(execFile);

const READY_MS = 5000;
const STOP_MS = 3000;

export interface MosquittoStart {
  /** Adds a WebSocket listener. */
  readonly webSocket?: boolean;
  /** Both listeners speak TLS then. With `clientCa` a certificate of that authority is required, and its common name is the user name. */
  readonly tls?: Certificate & { readonly caFile: string; readonly clientCa?: boolean };
  /** User name to password; without it anyone may connect. */
  readonly passwords?: Readonly<Record<string, string>>;
  /** Text of an ACL file (mosquitto.conf(5), acl_file). */
  readonly acl?: string;
  /** More lines for the configuration, such as `max_keepalive 60`. */
  readonly extra?: readonly string[];
}

export interface MosquittoBroker {
  /** `mqtt://` or `mqtts://` */
  readonly url: string;
  /** `ws://` or `wss://`, null without a WebSocket listener. */
  readonly webSocketUrl: string | null;
  readonly port: number;
  /** What it has written to its log. */
  readonly log: () => string;
  /** Ends the process; its ports and configuration are kept. Its sessions and retained messages are gone after it. */
  readonly interrupt: () => Promise<void>;
  /** Starts it again on the same ports after `interrupt`. */
  readonly resume: () => Promise<void>;
  /** Ends it for good and removes its files. */
  readonly stop: () => Promise<void>;
}

/** Mosquitto (MQTT 5 and 3.1.1) as a process of its own, on free loopback ports. What uses it is declared with `describeWith(mosquitto, …)`. */
export async function startMosquitto(options: MosquittoStart = {}): Promise<MosquittoBroker> {
  const program = findProgram('mosquitto');
  if (program === undefined) throw new Error('mosquitto is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'jpd-mosquitto-'));
  const [port, webSocketPort] = await Promise.all([freePort(), freePort()]);
  const configuration = join(folder, 'mosquitto.conf');
  await writeFile(configuration, (await configure(folder, port, webSocketPort, options)).join('\n'));
  const output: string[] = [];
  let running: ChildProcess | null = await launch(program, configuration, output);
  const interrupt = async (): Promise<void> => {
    const ending = running;
    running = null;
    if (ending !== null) await terminate(ending);
  };
  const suffix = options.tls === undefined ? '' : 's';
  return {
    url: `mqtt${suffix}://127.0.0.1:${port}`,
    webSocketUrl: options.webSocket === true ? `ws${suffix}://127.0.0.1:${webSocketPort}` : null,
    port,
    log: () => output.join(''),
    interrupt,
    async resume() {
      running ??= await launch(program, configuration, output);
    },
    async stop() {
      await interrupt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function configure(folder: string, port: number, webSocketPort: number, options: MosquittoStart): Promise<string[]> {
  const { tls, passwords, acl, extra = [] } = options;
  const secure =
    tls === undefined
      ? []
      : [
          `cafile ${tls.caFile}`,
          `certfile ${tls.certFile}`,
          `keyfile ${tls.keyFile}`,
          ...(tls.clientCa === true ? ['require_certificate true', 'use_identity_as_username true'] : []),
        ];
  // The library of its WebSocket listener looks for IPv6 otherwise; and 2.0.11 doesn't start with such a listener alone.
  const webSocket = options.webSocket === true ? [`listener ${webSocketPort} 127.0.0.1`, 'protocol websockets', 'socket_domain ipv4', ...secure] : [];
  const aclFile = join(folder, 'acl');
  if (acl !== undefined) await writeFile(aclFile, acl, { mode: 0o600 });
  const passwordFile = join(folder, 'passwords');
  for (const [user, password] of Object.entries(passwords ?? {})) {
    if (!existsSync(passwordFile)) await writeFile(passwordFile, '', { mode: 0o600 });
    await run('mosquitto_passwd', ['-b', passwordFile, user, password]);
  }
  return [
    // Started by root it would become another user, who can't read these files.
    `user ${userInfo().username}`,
    'persistence false',
    'log_dest stderr',
    'log_type all',
    `allow_anonymous ${passwords === undefined}`,
    ...(passwords === undefined ? [] : [`password_file ${passwordFile}`]),
    ...(acl === undefined ? [] : [`acl_file ${aclFile}`]),
    ...extra,
    `listener ${port} 127.0.0.1`,
    ...secure,
    ...webSocket,
    '',
  ];
}

async function launch(program: string, configuration: string, output: string[]): Promise<ChildProcess> {
  const child = spawn(program, ['-c', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ready = new Promise<void>((resolve, reject) => {
    const before = output.length;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.push(text);
      if (/version \S+ running/.test(output.slice(before).join(''))) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`mosquitto ended: ${output.slice(before).join('')}`)));
    setTimeout(() => reject(new Error('mosquitto was not ready in time')), READY_MS).unref();
  });
  try {
    await ready;
  } catch (error) {
    await terminate(child);
    throw error;
  }
  return child;
}

async function terminate(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
