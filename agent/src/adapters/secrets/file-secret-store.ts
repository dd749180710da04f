import { z } from 'zod';
import type { KeptSecrets, LoadedSecrets, SecretStore } from '../../ports/index.ts';
import { SecretStoreError, systemCode } from './errors.ts';
import { readPrivate, removePrivate, writePrivate } from './private-file.ts';
import type { Protection } from './protection.ts';

const keptSchema = z.object({
  secrets: z.record(z.string(), z.string()),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** First line of the file. A larger number is a newer version's. */
const mark = (protection: Protection): string => `jabra-plus-desktop secrets 1 ${protection.name}\n`;

export interface FileSecretStoreOptions {
  readonly file: string;
  readonly protection: Protection;
  /** Told each secret before it is handed out or kept, so that no log shows it. */
  readonly onSecret: (value: string) => void;
}

/** Secrets in one file, sealed by `protection`. Calls of `save` are carried out in their order. */
export function fileSecretStore({ file, protection, onSecret }: FileSecretStoreOptions): SecretStore {
  let last: Promise<unknown> = Promise.resolve();
  const tell = ({ secrets }: KeptSecrets): void => {
    for (const value of Object.values(secrets)) onSecret(value);
  };
  const write = async (kept: KeptSecrets | null): Promise<void> => {
    try {
      if (kept === null) await removePrivate(file);
      else await writePrivate(file, Buffer.concat([Buffer.from(mark(protection)), await protection.seal(Buffer.from(JSON.stringify(kept)))]));
    } catch (error) {
      if (error instanceof SecretStoreError) throw error;
      throw new SecretStoreError('not-written', `${file} cannot be written (${systemCode(error)})`, { cause: error });
    }
  };
  return {
    load: async () => {
      const loaded = await read(file, protection);
      if (loaded.ok && loaded.kept !== null) tell(loaded.kept);
      return loaded;
    },
    save: (kept) => {
      if (kept !== null) tell(kept);
      const saved = last.then(() => write(kept));
      last = saved.catch(() => undefined);
      return saved;
    },
  };
}

async function read(file: string, protection: Protection): Promise<LoadedSecrets> {
  let bytes: Buffer | null;
  try {
    bytes = await readPrivate(file);
  } catch (error) {
    return { ok: false, reason: `${file} cannot be read (${systemCode(error)}): is it another account's?` };
  }
  if (bytes === null) return { ok: true, kept: null };
  const begin = Buffer.from(mark(protection));
  if (!bytes.subarray(0, begin.length).equals(begin)) return { ok: false, reason: `${file} is damaged, or of another version` };
  try {
    const plain = await protection.open(bytes.subarray(begin.length));
    return { ok: true, kept: keptSchema.parse(JSON.parse(Buffer.from(plain).toString('utf8'))) };
  } catch {
    // Not passed on: what could be opened may be in the message of what couldn't be read.
    return { ok: false, reason: `${file} cannot be opened: it is damaged, or was made on another computer` };
  }
}
