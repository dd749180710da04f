import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ended } from '../processes.ts';
import { projectFile } from '../project-file.ts';
import { eventually } from '../waiting.ts';
import { prepareWindows, type Windows, windowsPath, wineEnvironment } from './wine.ts';

const binaries = { 'jabra-agent': 'agent/bin/jabra-agent.js', 'jabra-virtual': 'test-rigs/bin/jabra-virtual.js' } as const;

/** A start takes a second or two here, on a busy machine more. */
const saysMs = 45_000;

/** A program under Wine. Its output goes to files: node.exe can't write into a pipe of Linux. */
class WindowsProgram {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #files: { readonly out: string; readonly err: string };

  constructor(child: ChildProcess, files: { readonly out: string; readonly err: string }) {
    this.#child = child;
    this.#files = files;
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        Promise.all([this.out(), this.err()]).then(([out, err]) => {
          resolve({ code, signal, out, err });
        }, reject);
      });
    });
    this.ended.catch(() => undefined);
  }

  out(): Promise<string> {
    return readFile(this.#files.out, 'utf8');
  }

  err(): Promise<string> {
    return readFile(this.#files.err, 'utf8');
  }

  async prints(pattern: RegExp): Promise<void> {
    await eventually(`${String(pattern)} on standard output`, async () => pattern.test(await this.out()), saysMs);
  }

  /** As the task manager does: Windows has no gentler signal for a program without a window. */
  kill(): Promise<Ended> {
    this.#child.kill('SIGKILL');
    return this.ended;
  }
}

/** A Windows PC with a virtual bus of its own. */
export class WindowsPc {
  /** Of this PC, on this machine's disk. */
  readonly folder: string;
  /** Name of its bus, a named pipe. */
  readonly bus = `\\\\.\\pipe\\bus-${randomUUID()}`;
  readonly #windows: Windows;
  readonly #programs: WindowsProgram[] = [];

  private constructor(folder: string, windows: Windows) {
    this.folder = folder;
    this.#windows = windows;
  }

  static async start(): Promise<WindowsPc> {
    return new WindowsPc(await mkdtemp(join(tmpdir(), 'jl-win-')), await prepareWindows());
  }

  /** One of our programs, on Windows' Node. */
  launch(name: keyof typeof binaries, ...args: readonly string[]): WindowsProgram {
    return this.#run([this.#windows.node, windowsPath(projectFile(binaries[name])), ...args]);
  }

  command(name: keyof typeof binaries, ...args: readonly string[]): Promise<Ended> {
    return this.launch(name, ...args).ended;
  }

  /** One of Windows' own programs. */
  async tool(...args: readonly string[]): Promise<void> {
    const { code, err } = await this.#run(args).ended;
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`);
  }

  async stop(): Promise<void> {
    await this.#windows.end();
    await Promise.all(this.#programs.map((program) => program.kill()));
    await rm(this.folder, { recursive: true, force: true });
  }

  #run(args: readonly string[]): WindowsProgram {
    const files = { out: join(this.folder, `${this.#programs.length}.out`), err: join(this.folder, `${this.#programs.length}.err`) };
    const [out, err] = [openSync(files.out, 'w'), openSync(files.err, 'w')];
    const child = spawn(this.#windows.loader, args, { stdio: ['ignore', out, err], env: wineEnvironment(this.#windows.prefix) });
    closeSync(out);
    closeSync(err);
    const program = new WindowsProgram(child, files);
    this.#programs.push(program);
    return program;
  }
}
