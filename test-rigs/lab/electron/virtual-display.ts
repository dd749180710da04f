import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { findProgram } from '../find-program.ts';

/** An X server that shows its screen to nobody, on a number that was free. */
export class VirtualDisplay {
  /** What DISPLAY is set to. */
  readonly name: string;
  readonly #server: ChildProcess;

  private constructor(name: string, server: ChildProcess) {
    this.name = name;
    this.#server = server;
  }

  /** Rejects where there is no Xvfb, or it does not start. */
  static async start(): Promise<VirtualDisplay> {
    const program = findProgram('Xvfb');
    if (program === undefined) throw new Error('there is no Xvfb: apt-get install xvfb');
    // It writes the number that it took to the fourth stream.
    const words = ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'];
    const server = spawn(program, words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const told = server.stdio[3];
    if (!told) throw new Error('Xvfb has no stream to tell its number');
    const ended = once(server, 'exit').then(() => {
      throw new Error('Xvfb ended before it was ready');
    });
    ended.catch(() => undefined);
    const number = await Promise.race([once(told, 'data'), ended]);
    return new VirtualDisplay(`:${String(number[0]).trim()}`, server);
  }

  async stop(): Promise<void> {
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const ended = once(this.#server, 'exit');
    this.#server.kill('SIGTERM');
    await ended;
  }
}
