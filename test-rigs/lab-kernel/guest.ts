import { spawn } from 'node:child_process';
import type { Kernel } from './kernel.ts';

/** What came of a guest. */
export interface GuestEnd {
  /** Null where the limit ended it. */
  readonly exitCode: number | null;
  /** Its console, oldest line first. */
  readonly console: string;
}

/**
 * Emulated in software, since these machines lend no virtualisation. The guest writes its exit code to port F4; QEMU ends with twice that and one.
 * Without ERMS kernel and C library don't copy and clear by `rep movsb`, which the emulation does a byte at a time: ten times slower.
 */
const machine = [
  '-M q35 -accel tcg,thread=multi,tb-size=512 -cpu max,-erms -smp 1 -m 2048',
  '-nodefaults -no-user-config -display none -no-reboot -serial stdio',
  '-device isa-debug-exit,iobase=0xf4,iosize=0x04',
].flatMap((line) => line.split(' '));

/** What guards against attackers, audits or clears pages twice is of no use here. */
const kernelArguments = 'console=ttyS0 quiet panic=-1 mitigations=off nokaslr tsc=reliable no5lvl init_on_alloc=0 audit=0 apparmor=0';

/** Boots the kernel under plain software emulation, with the host's files read-only and `share` for both. Ends it by force after `limitMs`. */
export function bootGuest(options: {
  readonly qemu: string;
  readonly kernel: Kernel;
  readonly initramfs: string;
  readonly share: string;
  readonly limitMs: number;
  /** Tells it from others that have the same share. */
  readonly number: number;
}): Promise<GuestEnd> {
  const { qemu, kernel, initramfs, share, limitMs, number } = options;
  const files = (id: string, path: string, rest: string): string[] => [
    '-fsdev',
    `local,id=${id},path=${path},security_model=none,multidevs=remap${rest}`,
    '-device',
    `virtio-9p-pci,fsdev=${id},mount_tag=${id}`,
  ];
  const words = [
    ...machine,
    '-kernel',
    kernel.image,
    '-initrd',
    initramfs,
    '-append',
    `${kernelArguments} guest=${number}`,
    ...files('host', '/', ',readonly=on'),
    ...files('share', share, ''),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(qemu, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, limitMs);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString().replaceAll('\r', '')));
    child.once('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ exitCode: isLate || code === null ? null : code >> 1, console: text });
    });
  });
}
