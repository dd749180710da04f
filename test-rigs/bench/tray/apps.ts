import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findElectron } from '../../lab/electron/electron-runtime.ts';
import { VirtualDisplay } from '../../lab/electron/virtual-display.ts';
import { RunningProgram } from '../../lab/processes.ts';
import { projectFile } from '../../lab/project-file.ts';
import { BenchPc } from '../agent/pc.ts';

const ours = projectFile('tray-ui/out/app');
const baseline = projectFile('test-rigs/bench/tray/baseline');
const inProcess = projectFile('test-rigs/bench/tray/in-process.cjs');

export type Variant = 'ours' | 'in-process' | 'baseline';

/** How to start a variant: its executable, words and environment. */
export interface Command {
  readonly executablePath: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}

async function endedEarly(program: RunningProgram): Promise<never> {
  const { code, err } = await program.ended;
  throw new Error(`the app ended with ${code} before its agent was online: ${err}`);
}

/** A PC with a screen, a broker and an agent's configuration, on which one application runs at a time. */
export class TrayPc {
  readonly #pc: BenchPc;
  readonly #display: VirtualDisplay;
  readonly #home = mkdtempSync(join(tmpdir(), 'jy-'));

  private constructor(pc: BenchPc, display: VirtualDisplay) {
    this.#pc = pc;
    this.#display = display;
  }

  static async start(): Promise<TrayPc> {
    return new TrayPc(await BenchPc.start(), await VirtualDisplay.start());
  }

  async command(variant: Variant): Promise<Command> {
    const runtime = findElectron();
    if (!runtime) throw new Error('there is no Electron');
    const home = join(this.#home, variant);
    const env = { DISPLAY: this.#display.name, HOME: home, XDG_CONFIG_HOME: home, LANG: 'en_US.UTF-8' };
    if (variant === 'baseline') return { executablePath: runtime.executable, args: [...runtime.switches, baseline], env };
    const words = ['--background', `--config=${await this.#pc.writeConfiguration('node-hid')}`, '--login-session=bench'];
    const before = variant === 'in-process' ? ['-r', inProcess] : [];
    return { executablePath: runtime.executable, args: [...runtime.switches, ...before, ours, ...words], env };
  }

  /** Starts it without a window; resolves when it does all that it does then. */
  async run(variant: Variant): Promise<RunningProgram> {
    const { executablePath, args, env } = await this.command(variant);
    const program = RunningProgram.start(executablePath, args, { env });
    if (variant === 'baseline') await program.prints(/ready/);
    else await Promise.race([this.#pc.listener.next(/\/presence$/, ({ state }) => state === 'online'), endedEarly(program)]);
    return program;
  }

  async stop(): Promise<void> {
    await this.#pc.stop();
    await this.#display.stop();
    rmSync(this.#home, { recursive: true, force: true });
  }
}
