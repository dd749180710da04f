import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(new URL('../../../agent/bin/jabra-agent.js', import.meta.url));

export interface AgentConfiguration {
  readonly brokerUrl: string;
  readonly socket: string;
  readonly folder: string;
  readonly enrollmentToken?: string;
}

/** `jabra-agent run` as a process, again and again on the same state folder. */
export class AgentProcess {
  readonly stateDir: string;
  readonly #configuration: string;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;
  /** Everything it said on standard output and error, over all starts. */
  output = '';

  private constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.stateDir = join(folder, 'state');
    this.#configuration = join(folder, 'agent.json');
    this.#environment = environment;
  }

  static async configure(
    { brokerUrl, socket, folder, enrollmentToken = 'token-of-the-lab' }: AgentConfiguration,
    environment: NodeJS.ProcessEnv = process.env,
  ): Promise<AgentProcess> {
    const agent = new AgentProcess(folder, environment);
    const content = {
      organizationId: 'acme',
      enrollmentToken,
      brokerUrl,
      stateDir: agent.stateDir,
      reconnect: { minMs: 50, maxMs: 500 },
      hid: { driver: 'virtual', socket },
    };
    await writeFile(agent.#configuration, JSON.stringify(content));
    return agent;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  start(loginSession = 'login-1'): void {
    const child = spawn(process.execPath, [binary, 'run', '--config', this.#configuration, '--login-session', loginSession], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#environment,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#child = child;
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
