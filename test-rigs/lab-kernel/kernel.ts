import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelLabError } from './errors.ts';
import { tool } from './tool.ts';

/** A Debian kernel, unpacked. */
export interface Kernel {
  /** e.g. 6.1.0-56-amd64. */
  readonly version: string;
  /** Uncompressed: QEMU starts it three times as fast, without a boot loader. */
  readonly image: string;
  /** Folder that holds `lib/modules/VERSION`. */
  readonly root: string;
}

/** The kernel that Debian's own meta package names. The cloud kernel has no USB, and no 9p. */
async function packageName(): Promise<string> {
  const depends = (await tool('apt-cache', ['depends', 'linux-image-amd64'])).toString();
  const name = /Depends: (linux-image-\d\S+-amd64)/.exec(depends)?.[1];
  if (name === undefined) throw new KernelLabError('apt knows no linux-image-amd64: apt-get update');
  return name;
}

/** Downloads (apt verifies), unpacks and prepares the kernel, unless `cache` has it. Rejects with `KernelLabError`. */
export async function prepareKernel(cache: string): Promise<Kernel> {
  const name = await packageName();
  const version = name.replace('linux-image-', '');
  const root = join(cache, version);
  const image = join(root, 'vmlinux');
  if (existsSync(image)) return { version, image, root };
  // Only a folder that is whole gets its name.
  const unfinished = join(cache, `${version}.unfinished-${process.pid}`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await download(name, unfinished);
  const archive = (await readdir(unfinished)).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new KernelLabError(`apt-get download ${name} left no file`);
  await tool('dpkg-deb', ['-x', archive, '.'], { cwd: unfinished });
  await rm(join(unfinished, archive));
  await tool('depmod', ['-b', unfinished, version]);
  await writeFile(join(unfinished, 'vmlinux'), await decompressed(join(unfinished, 'boot', `vmlinuz-${version}`)));
  await rm(root, { recursive: true, force: true });
  await rename(unfinished, root);
  return { version, image, root };
}

async function download(name: string, folder: string): Promise<void> {
  const options = { cwd: folder, timeoutMs: 300_000 };
  try {
    await tool('apt-get', ['download', name], options);
  } catch {
    // The lists may be older than the archive.
    await tool('apt-get', ['update', '-q'], options);
    await tool('apt-get', ['download', name], options);
  }
}

const xzMagic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const elfMagic = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

/** The ELF image inside a bzImage; it is the first xz stream that unpacks to one. */
async function decompressed(path: string): Promise<Uint8Array> {
  const file = await readFile(path);
  for (let offset = file.indexOf(xzMagic); offset >= 0; offset = file.indexOf(xzMagic, offset + 1)) {
    // What follows the stream is no xz: exit code 1, and 2 where it is only a warning.
    const image = await tool('xz', ['-dc', '--single-stream'], { input: file.subarray(offset), codes: [0, 1, 2] });
    if (image.subarray(0, 4).equals(elfMagic)) return image;
  }
  throw new KernelLabError(`${path} holds no kernel that was packed by xz`);
}
