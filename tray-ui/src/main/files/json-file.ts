import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';

export interface JsonFileOptions<S extends z.ZodType> {
  readonly path: string;
  readonly schema: S;
  /** What holds where the file says nothing. */
  readonly defaults: z.infer<S>;
  /** Told where the file was damaged, or cannot be written. */
  readonly onProblem: (message: string, error: unknown) => void;
}

/**
 * A small file that is whole at any moment: it is written beside, brought to the disk, and then takes its place. One that cannot be read is kept as
 * `.damaged` and the defaults hold. Never throws: what it holds is convenience, and the app works without it.
 */
export class JsonFile<S extends z.ZodType> {
  readonly #options: JsonFileOptions<S>;
  #value: z.infer<S>;

  constructor(options: JsonFileOptions<S>) {
    this.#options = options;
    this.#value = this.#read();
  }

  get value(): z.infer<S> {
    return this.#value;
  }

  write(value: z.infer<S>): void {
    this.#value = value;
    const { path, onProblem } = this.#options;
    const beside = `${path}.new`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      const file = openSync(beside, 'w', 0o600);
      try {
        writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(beside, path);
      syncFolder(dirname(path));
    } catch (error) {
      onProblem(`${path} cannot be written`, error);
    }
  }

  #read(): z.infer<S> {
    const { path, schema, defaults, onProblem } = this.#options;
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      return defaults;
    }
    try {
      const found: unknown = JSON.parse(text);
      // A file of an older version lacks what came since.
      return schema.parse(isRecord(found) && isRecord(defaults) ? { ...defaults, ...found } : found);
    } catch (error) {
      onProblem(`${path} is damaged: it is kept as ${path}.damaged, and the defaults hold`, error);
      try {
        renameSync(path, `${path}.damaged`);
      } catch (failure) {
        onProblem(`${path} cannot be put aside`, failure);
      }
      return defaults;
    }
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The new name reaches the disk too; Windows does that by itself and lets nobody open a folder. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
