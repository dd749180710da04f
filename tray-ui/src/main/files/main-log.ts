import { RotatingFile } from '@jpd/agent/log-file';

export interface MainLogOptions {
  /** Made if need be. */
  readonly folder: string;
  /** Where people read along. */
  readonly console: { write(line: string): unknown };
  /** Unix milliseconds. */
  readonly now: () => number;
}

const fileName = 'jabra-tray.log';
const maxFileBytes = 1_000_000;
const maxFiles = 3;

/** An error with its stack and what caused it, as text. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.stack ?? error.message;
  return error.cause === undefined ? text : `${text}\n  caused by ${described(error.cause)}`;
}

/** What main has to say: lines for whoever reads along, and JSON lines as the agent's in a file, since a program with windows has no console on Windows. */
export class MainLog {
  readonly #options: MainLogOptions;
  readonly #file: RotatingFile;

  constructor(options: MainLogOptions) {
    this.#options = options;
    this.#file = new RotatingFile({
      folder: options.folder,
      fileName,
      maxFileBytes,
      maxFiles,
      clock: { monotonic: () => performance.now() },
      onTrouble: (error) => {
        this.#print(`the log cannot be written in ${options.folder}: ${described(error)}`);
      },
      onRecovery: (lost) => {
        this.say(`the log was not written for ${lost} lines`);
      },
    });
  }

  /** Never throws. */
  say(message: string, error?: unknown): void {
    const text = error === undefined ? message : `${message}: ${described(error)}`;
    this.#print(text);
    const time = new Date(this.#options.now()).toISOString();
    this.#file.append(`${JSON.stringify({ time, level: 'info', component: 'tray', message: text })}\n`);
  }

  /** Resolves when everything said so far is written, or given up. */
  flush(): Promise<void> {
    return this.#file.flush();
  }

  #print(text: string): void {
    const { console, now } = this.#options;
    console.write(`${new Date(now()).toISOString()} tray: ${text}\n`);
  }
}
