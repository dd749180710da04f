import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../lab/find-program.ts';
import { bundleForGuest } from './bundle.ts';
import { KernelLabError } from './errors.ts';
import { bootGuest, type GuestEnd } from './guest.ts';
import { buildInitramfs } from './initramfs.ts';
import { prepareKernel } from './kernel.ts';
import { testsNamed } from './suite/index.ts';
import type { KernelTestResult } from './suite/kernel-test.ts';
import { tool } from './tool.ts';

/** What the lab needs, by program and Debian package. */
const programs = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  cpio: 'cpio',
  xz: 'xz-utils',
  modprobe: 'kmod',
  depmod: 'kmod',
  udevadm: 'udev',
  usbip: 'usbip',
  mosquitto: 'mosquitto',
  fwupdtool: 'fwupd',
  openssl: 'openssl',
  'dbus-daemon': 'dbus',
  'dbus-send': 'dbus-bin',
  gcc: 'gcc',
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
} as const satisfies Readonly<Record<string, string>>;

/** Why the lab cannot run on this machine and what to do, null where it can. */
export function whyNot(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the kernel lab needs Linux on x86-64';
  const missing = Object.entries(programs).filter(([program]) => findProgram(program) === undefined);
  const packages = [...new Set(missing.map(([, debianPackage]) => debianPackage))];
  return packages.length === 0 ? null : `needs ${missing.map(([program]) => program).join(', ')}: apt-get install ${packages.join(' ')}`;
}

/** A guest keeps one core busy: its programs wait for each other. */
const mostGuests = Math.min(2, availableParallelism());

/** How a run of the lab ended. */
export interface LabRun {
  readonly results: readonly KernelTestResult[];
  /** Of each guest. */
  readonly ends: readonly GuestEnd[];
}

/**
 * Boots a kernel and runs the suite in it, in as many guests at once as there is work for. `project` is the root of this project, built; `only`: parts of the names to run. Rejects with
 * `KernelLabError` where the lab cannot be built.
 */
export async function runKernelLab(
  project: string,
  { only = [], limitMs = 600_000 }: { only?: readonly string[]; limitMs?: number } = {},
): Promise<LabRun> {
  const folder = await mkdtemp(join(tmpdir(), 'jpd-kernel-lab-'));
  try {
    const share = await mkdtemp(join(folder, 'share-'));
    await chmod(share, 0o755);
    await mkdir(join(share, 'taken'));
    const [kernel] = await Promise.all([
      prepareKernel(join(project, 'node_modules', '.cache', 'kernel-lab')),
      bundleForGuest(project, join(share, 'programs')),
      buildShim(project, join(share, 'netlink-shim.so')),
    ]);
    const files = {
      'modules-folder': join(kernel.root, 'lib', 'modules'),
      'project-folder': project,
      run: await readFile(join(project, 'test-rigs', 'lab-kernel', 'guest', 'run'), 'utf8'),
      only: JSON.stringify(only),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(share, name), content);
    const initramfs = await buildInitramfs(kernel, pathOf('busybox'), join(project, 'test-rigs', 'lab-kernel', 'guest', 'init'), folder);
    const qemu = pathOf('qemu-system-x86_64');
    const numbers = Array.from({ length: Math.min(mostGuests, testsNamed(only).length) }, (_, index) => index + 1);
    const ends = await Promise.all(numbers.map((number) => bootGuest({ qemu, kernel, initramfs, share, limitMs, number })));
    const results = await Promise.all(numbers.map((number) => resultsOf(share, number)));
    return { results: results.flat(), ends };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildShim(project: string, target: string): Promise<void> {
  const source = join(project, 'test-rigs', 'lab-kernel', 'guest', 'netlink-shim.c');
  await tool(pathOf('gcc'), ['-shared', '-fPIC', '-nostdlib', '-o', target, source]);
}

function pathOf(name: keyof typeof programs): string {
  const path = findProgram(name);
  if (path === undefined) throw new KernelLabError(`${name} is missing: apt-get install ${programs[name]}`);
  return path;
}

async function resultsOf(share: string, guest: number): Promise<KernelTestResult[]> {
  const lines = await readFile(join(share, `results-${guest}.jsonl`), 'utf8').catch(() => '');
  // Written by our own guest, a line at a time.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return lines.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as KernelTestResult]));
}
