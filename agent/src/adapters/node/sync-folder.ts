import { open } from 'node:fs/promises';

/** Makes names that came or went in a folder survive a power cut. Windows opens no folders: its file systems write such changes through their journal. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
