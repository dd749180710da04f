import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Kernel } from './kernel.ts';
import { tool } from './tool.ts';

/** What the guest needs before udev runs, and what udev would load without a device to tell it. */
const modules = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'uhid', 'hid-generic', 'hid-jabra', 'usbhid', 'vhci-hcd'];

/** Packs busybox, the modules in their order, and `init` into `folder`/initramfs; not compressed, which is faster here. */
export async function buildInitramfs(kernel: Kernel, busybox: string, initFile: string, folder: string): Promise<string> {
  const root = join(folder, 'initramfs-root');
  await rm(root, { recursive: true, force: true });
  for (const name of ['bin', 'proc', 'sys', 'dev', 'modules']) await mkdir(join(root, name), { recursive: true });
  await copyFile(busybox, join(root, 'bin', 'busybox'));
  await copyFile(initFile, join(root, 'init'));
  for (const name of ['init', 'bin/busybox']) await chmod(join(root, name), 0o755);
  const files = await moduleFiles(kernel);
  for (const file of files) await copyFile(file, join(root, 'modules', basename(file)));
  await writeFile(join(root, 'modules', 'order'), files.map((file) => `${basename(file)}\n`).join(''));
  const list = (await tool('find', ['.', '-print0'], { cwd: root })).toString();
  const archive = join(folder, 'initramfs');
  await writeFile(archive, await tool('cpio', ['--null', '--create', '--format=newc', '--quiet'], { cwd: root, input: list }));
  return archive;
}

/** The modules and what they need, in the order in which they can be loaded. */
async function moduleFiles({ root, version }: Kernel): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const module of modules) {
    const lines = (await tool('modprobe', ['-d', root, '-S', version, '--show-depends', module])).toString().split('\n');
    // The rest is built into the kernel.
    for (const line of lines) if (line.startsWith('insmod ')) files.add(line.slice('insmod '.length).trim());
  }
  return [...files];
}
