import { type FSWatcher, watch } from 'node:fs';
import { win32 } from 'node:path';
import type { SessionSource } from '../../ports/session.ts';
import { linuxSessions, sessionFolders } from './linux-sessions.ts';
import type { HostReaders } from './readers.ts';
import { isOwnSessionConnected } from './windows-sessions.ts';

const qwinstaTimeoutMs = 5000;

/** Changes of a folder's files, without a look at them in between. A folder that isn't there never changes. */
export function watchFolder(folder: string, listener: () => void): () => void {
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(folder, { persistent: false }, listener);
    watcher.on('error', () => watcher?.close());
  } catch {
    // No logind on this computer.
  }
  return () => watcher?.close();
}

export interface SessionReaders extends Pick<HostReaders, 'readFile' | 'run' | 'environment'> {
  readonly userId: number | null;
  readonly watchFolder: typeof watchFolder;
}

function linuxSource(readers: SessionReaders): SessionSource {
  const sessions = linuxSessions(readers);
  return {
    isActive: async () => (await sessions.isActive()) ?? true,
    onChange: (listener) => {
      const ends = sessionFolders.map((folder) => readers.watchFolder(folder, listener));
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

/**
 * Windows, asked through a program of its own, which editions for homes lack: there every session counts as used, and the first agent works. It tells of no
 * changes; a user interface that hears of them has a source of its own.
 */
function windowsSource({ run, environment }: SessionReaders): SessionSource {
  const qwinsta = win32.join(environment['SystemRoot'] ?? 'C:\\Windows', 'System32', 'qwinsta.exe');
  return {
    isActive: async () => isOwnSessionConnected((await run(qwinsta, [], qwinstaTimeoutMs)) ?? '') ?? true,
    onChange: () => () => undefined,
  };
}

/** Of a system, by its readers. */
export function sessionSourceOf(platform: NodeJS.Platform, readers: SessionReaders): SessionSource {
  return platform === 'win32' ? windowsSource(readers) : linuxSource(readers);
}
