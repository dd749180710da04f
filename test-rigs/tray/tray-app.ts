import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { findElectron } from '../lab/electron/electron-runtime.ts';
import { findProgram } from '../lab/find-program.ts';
import { cleanEnvironment, RunningProgram } from '../lab/processes.ts';
import { projectFile } from '../lab/project-file.ts';
import { requirement } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';

/** Electron, and a screen that nobody sees. */
export const electronOnScreen = requirement(
  'Electron and Xvfb',
  () => findElectron() !== undefined && findProgram('Xvfb') !== undefined,
  'apt-get install xvfb libgtk-3-0 libnss3 libasound2 libgbm1 libxss1; npx install-electron, or a registry that has the substitute',
);

export interface TrayAppOptions {
  readonly display: string;
  /** Its preferences lie here. */
  readonly home: string;
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** The agent has 5 s of it. */
const stopMs = 10_000;
const folder = projectFile('tray-ui/out/app');

function command({ display, home, words = [], environment = {} }: TrayAppOptions) {
  const runtime = findElectron();
  if (!runtime) throw new Error('there is no Electron');
  return {
    executablePath: runtime.executable,
    args: [...runtime.switches, folder, ...words],
    // No bus of a desktop: what belongs to one is tested with one of its own.
    env: cleanEnvironment({ DISPLAY: display, XDG_CONFIG_HOME: home, HOME: home, LANG: 'en_US.UTF-8', TZ: 'UTC', ...environment }),
  };
}

const definedOnly = (given: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/** The tray app as it is built, in real Electron, with hands on its main process and its windows. */
export class TrayApp {
  readonly electron: ElectronApplication;
  readonly process: ChildProcess;
  readonly #output: () => string;

  private constructor(electron: ElectronApplication) {
    this.electron = electron;
    // Playwright gives it only while it runs.
    this.process = electron.process();
    let said = '';
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (text: Buffer) => {
        said += text.toString();
      });
    }
    this.#output = () => said;
  }

  static async start(options: TrayAppOptions): Promise<TrayApp> {
    const { env, ...rest } = command(options);
    return new TrayApp(await _electron.launch({ ...rest, env: definedOnly(env) }));
  }

  /** Started once more beside one that runs, as a second click on its icon does. */
  static again(options: TrayAppOptions): RunningProgram {
    const { executablePath, args, env } = command(options);
    return RunningProgram.start(executablePath, args, { env: definedOnly(env) });
  }

  /** What it wrote to its streams. */
  get said(): string {
    return this.#output();
  }

  /** The window that is open, when its page shows something. */
  async window(): Promise<Page> {
    const page = await eventually('a window is open', () =>
      this.electron.windows().find((one) => one.url().startsWith('app://tray/index.html?page=')),
    );
    await page.waitForSelector('h1');
    return page;
  }

  /** Pids of processes of a kind, as Chromium tells them. */
  pids(kind: 'Tab' | 'Utility', name?: string): Promise<number[]> {
    return this.electron.evaluate(
      ({ app }, [type, service]) =>
        app
          .getAppMetrics()
          .filter((metric) => metric.type === type && (service === undefined || metric.name === service || metric.serviceName === service))
          .map(({ pid }) => pid),
      [kind, name] as const,
    );
  }

  async agentPid(): Promise<number> {
    return eventually('the agent has a process', async () => (await this.pids('Utility', 'Jabra agent'))[0]);
  }

  /** Resolves with its exit code, null where a signal ended it. */
  async ended(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
    return this.process.exitCode;
  }

  /** Ends it as a person who signs out. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const timer = setTimeout(() => this.process.kill('SIGKILL'), stopMs);
    await this.electron
      .evaluate(({ app }) => {
        app.quit();
      })
      .catch(() => undefined);
    await this.ended();
    clearTimeout(timer);
  }
}

/** Ends all that a suite started, one after the other, also where one of them fails at it; then rejects as the first that failed. */
export async function endAll(...ends: readonly (() => Promise<void> | void | undefined)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends) {
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new Error('a suite could not be ended in order', { cause: failures[0] });
}

/** A folder for what a test's user keeps. */
export function homeFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'jt-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A process that is there: a zombie is dead, and only waits for its parent to notice. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) Z /u.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
