import type { FolderExamination } from '../../ports/index.ts';
import { failed, type Judgement, ok, warning } from './check.ts';

/** Logs and state together stay far below; a full disk is what stops them. */
const littleBytes = 100 * 1024 * 1024;

const megabytes = (bytes: number): string => `${Math.floor(bytes / (1024 * 1024))} MB`;

/** `key` is the configuration's, `stateDir` or `logDir`. */
export function judgeFolder(key: 'stateDir' | 'logDir', path: string, { kind, obstacle, openToAll, freeBytes }: FolderExamination): Judgement {
  if (kind === 'other') return failed(`${path} is not a folder`, `remove the file, or name another folder in ${key}`);
  if (obstacle !== null) {
    const message = kind === 'missing' ? `${path} does not exist and cannot be made (${obstacle})` : `${path} cannot be written (${obstacle})`;
    return failed(message, `give the account that runs the agent full access to it, or name another folder in ${key}`);
  }
  if (openToAll)
    return failed(`everyone on this computer can change what is in ${path}`, 'let nobody write there but the account that runs the agent');
  if (freeBytes !== null && freeBytes < littleBytes) return warning(`${path} has only ${megabytes(freeBytes)} free`, 'free space on its disk');
  return ok(kind === 'missing' ? `${path} is made at the first start` : `${path} can be written`);
}
