import { readdirSync, readFileSync } from 'node:fs';

/** A process and all below it that run now, by what the kernel tells (proc(5)). Linux only. */
export function processTree(pid: number): number[] {
  const below = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) below.set(parent, [...(below.get(parent) ?? []), Number(name)]);
  }
  const tree = [pid];
  // Grows while it is walked.
  for (const one of tree) tree.push(...(below.get(one) ?? []));
  return tree;
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; the parent is the second field behind it.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // It has gone in the meantime.
    return null;
  }
}

/** Files that a process has in its memory; none of one that has gone. */
export function mappedFiles(pid: number): string[] {
  try {
    return [...new Set(readFileSync(`/proc/${pid}/maps`, 'utf8').match(/\/\S.*$/gm))];
  } catch {
    return [];
  }
}
