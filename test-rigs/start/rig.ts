import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { lockFolder } from '../platform/data-folder/folder-lock.ts';
import type { RunFiles } from './introduction.ts';
import { PlatformView } from './platform-view.ts';
import { type Command, ourCommand, Program } from './program.ts';
import { trayCommand } from './tray.ts';

const devices = ['evolve2-75:70BF92000001', 'link-380:50C275000001+evolve2-65:70BF92000002', 'speak2-75:30A1B2000003'];

/** One PC with devices and an agent, and the platform: real programs that know each other by their files in one folder. */
export class StartRig {
  readonly #folder: string;
  readonly #release: () => Promise<void>;
  readonly #programs: Program[] = [];
  readonly #control: Server;
  #fail: (error: Error) => void = () => undefined;
  /** Rejects when a program ends by itself. */
  readonly failed: Promise<never>;
  #agent: Program | null = null;
  readonly #hasTray: boolean;
  #login: Promise<void> = Promise.resolve();
  #logins = 0;
  #end: Promise<void> | null = null;

  private constructor(folder: string, hasTray: boolean, release: () => Promise<void>) {
    this.#folder = folder;
    this.#hasTray = hasTray;
    this.#release = release;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => undefined);
    // `npm run login` connects, says something, hangs up on its side and waits for our word.
    this.#control = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        void this.logIn().then((session) => socket.end(`logged in again: login session ${session}\n`));
      });
    });
    process.on('exit', () => {
      for (const program of this.#programs) program.kill();
    });
  }

  /**
   * Takes the folder, without anything that an earlier run left there. With `hasTray` the agent works under the tray app, as on a person's PC.
   * Rejects with `StartError` `already-running`.
   */
  static async open(folder: string, hasTray: boolean): Promise<StartRig> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const release = await lockFolder(folder);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new StartRig(folder, hasTray, release);
  }

  get files(): RunFiles {
    return { folder: this.#folder, socket: this.#file('vhid.sock'), platformData: this.#file('platform') };
  }

  /** Starts everything, the first login included. */
  async start(): Promise<PlatformView> {
    const { socket, platformData } = this.files;
    await this.#startProgram('jabra-platform', ['serve', '--data', platformData]);
    await this.#startProgram('jabra-virtual', ['serve', '--socket', socket, ...devices.flatMap((device) => ['--device', device])]);
    const view = await PlatformView.open(platformData);
    const { organizationId, enrollmentToken, mqttUrl: brokerUrl } = view;
    const hid = { driver: 'virtual', socket };
    const configuration = { organizationId, enrollmentToken, brokerUrl, stateDir: this.#file('state'), hid };
    await writeFile(this.#file('agent.json'), JSON.stringify(configuration, null, 2), { mode: 0o600 });
    await new Promise<void>((resolve, reject) => {
      this.#control.once('error', reject);
      this.#control.listen(this.#file('control.sock'), resolve);
    });
    await this.logIn();
    return view;
  }

  /** A person logs in: the agent of the login session before ends, and one starts in the new session. Gives the session. */
  async logIn(): Promise<string> {
    this.#logins += 1;
    const session = `login-${this.#logins}`;
    this.#login = this.#login.then(() => this.#startAgent(session));
    await this.#login;
    return session;
  }

  /** Ends every program in order, and leaves nothing behind but, where they are asked for, the files. */
  end(files: 'remove' | 'keep'): Promise<void> {
    this.#end ??= this.#endAll(files);
    return this.#end;
  }

  async #startProgram(name: Parameters<typeof ourCommand>[0], words: readonly string[]): Promise<void> {
    await this.#run(ourCommand(name, words)).ready();
  }

  async #startAgent(session: string): Promise<void> {
    const former = this.#agent;
    this.#agent = null;
    await former?.stop();
    if (this.#end) return;
    const configuration = this.#file('agent.json');
    this.#agent = this.#run(
      this.#hasTray
        ? trayCommand(configuration, session, this.#file('user'))
        : ourCommand('jabra-agent', ['run', '--config', configuration, '--login-session', session]),
    );
  }

  #run(command: Command): Program {
    if (this.#end) throw new Error('it ends already');
    const { name } = command;
    const log = this.#file(`${name}.log`);
    const program = new Program(command, log);
    this.#programs.push(program);
    void program.ended.then((code) => {
      // A person may end the tray app until the next login.
      const isQuit = this.#hasTray && program === this.#agent && code === 0;
      if (!this.#end && !program.wasStopped && !isQuit) this.#fail(new Error(`${name} ended by itself with ${code ?? 'a signal'}: see ${log}`));
    });
    return program;
  }

  async #endAll(files: 'remove' | 'keep'): Promise<void> {
    this.#control.close();
    await this.#login;
    for (const program of this.#programs.toReversed()) await program.stop();
    if (files === 'remove') await rm(this.#folder, { recursive: true, force: true });
    await this.#release();
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}
