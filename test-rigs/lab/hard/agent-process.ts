import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectFile } from '../project-file.ts';

const binary = projectFile('agent/bin/jabra-agent.js');

export interface AgentConfiguration {
  readonly brokerUrl: string;
  readonly socket: string;
  readonly folder: string;
  readonly enrollmentToken?: string;
  /** Of the authority of a broker with TLS. */
  readonly caFile?: string;
}

/** What a command of `jabra-agent` answered. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `jabra-agent run` as a process, again and again on the same state folder. */
export class AgentProcess {
  readonly stateDir: string;
  readonly configurationFile: string;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;
  /** Everything it said on standard output and error, over all starts. */
  output = '';

  private constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.stateDir = join(folder, 'state');
    this.configurationFile = join(folder, 'agent.json');
    this.#environment = environment;
  }

  static async configure(
    { brokerUrl, socket, folder, enrollmentToken = 'token-of-the-lab', caFile }: AgentConfiguration,
    environment: NodeJS.ProcessEnv = process.env,
  ): Promise<AgentProcess> {
    const agent = new AgentProcess(folder, environment);
    const content = {
      organizationId: 'acme',
      enrollmentToken,
      brokerUrl,
      stateDir: agent.stateDir,
      reconnect: { minMs: 50, maxMs: 500 },
      ...(caFile === undefined ? {} : { tls: { caFile } }),
      hid: { driver: 'virtual', socket },
    };
    await writeFile(agent.configurationFile, JSON.stringify(content));
    return agent;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  start(loginSession = 'login-1'): void {
    const child = spawn(process.execPath, [binary, 'run', '--config', this.configurationFile, '--login-session', loginSession], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#environment,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.output += chunk;
      });
    }
    this.#child = child;
  }

  /** Whether it runs, how it ended, and what it said last: for the message of a test that waited in vain. */
  lastWords(): string {
    const child = this.#child;
    const state = this.running ? 'it runs' : `it ended (${child?.exitCode ?? child?.signalCode ?? 'never started'})`;
    return `${state}, and said last:\n${this.output.slice(-4000)}`;
  }

  /** Another command with the same configuration and environment, `devices --json` for example; ended after half a minute. */
  async command(name: string, ...options: readonly string[]): Promise<CommandResult> {
    const child = spawn(process.execPath, [binary, name, '--config', this.configurationFile, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#environment,
      timeout: 30_000,
    });
    const closed = once(child, 'close');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    await closed;
    return { code: child.exitCode, stdout, stderr };
  }

  /** Ends it, by SIGTERM as a user's session would or by SIGKILL as a crash would. Gives the exit code. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (!child || !this.running) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  /** Resident memory in bytes (Linux). */
  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.pid ?? 'self'}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
  }

  /** Processor time used so far, in milliseconds (Linux; clock ticks are 10 ms on every kernel we run on). */
  async processorMs(): Promise<number> {
    const stat = await readFile(`/proc/${this.pid ?? 'self'}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }
}
