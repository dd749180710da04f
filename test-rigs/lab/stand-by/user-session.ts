import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningProgram } from '../processes.ts';
import { projectFile } from '../project-file.ts';

/** A person's login session on a PC of several people, with the agent that runs in it. */
export class UserSession {
  readonly name: string;
  readonly #folder: string;
  #program: RunningProgram | null = null;

  constructor(name: string, folder: string) {
    this.name = name;
    this.#folder = folder;
  }

  get loginSession(): string {
    return `login-${this.name}`;
  }

  get agent(): RunningProgram {
    if (!this.#program) throw new Error(`${this.name} is not logged in`);
    return this.#program;
  }

  get #file(): string {
    return join(this.#folder, `${this.name}.session`);
  }

  /** Switches to it, or away from it. */
  async use(isActive: boolean): Promise<void> {
    await writeFile(this.#file, isActive ? 'active' : 'inactive');
  }

  /** The agent starts with the login. */
  async logIn(configurationFile: string, isActive: boolean): Promise<void> {
    await this.use(isActive);
    const program = projectFile('test-rigs/dist/lab/stand-by/program.js');
    this.#program = RunningProgram.start(process.execPath, [program, configurationFile, this.loginSession, this.#file]);
  }

  /** Waits until its agent has begun to work for the `times`th time. */
  async works(times = 1): Promise<void> {
    await this.agent.prints(new RegExp(`(?:works[^w]*){${times}}`));
  }

  async rests(times = 1): Promise<void> {
    await this.agent.prints(new RegExp(`(?:rests[^r]*){${times}}`));
  }

  /** The PC is about to sleep; resolves when the platform was told. */
  async sleep(): Promise<void> {
    process.kill(this.agent.pid, 'SIGUSR2');
    await this.agent.prints(/sleeps/);
  }

  wake(): void {
    process.kill(this.agent.pid, 'SIGHUP');
  }

  async logOut(): Promise<void> {
    await this.#program?.stop();
  }
}
