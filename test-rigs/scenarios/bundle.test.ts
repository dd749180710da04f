import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RunningProgram } from '../lab/processes.ts';
import { projectFile } from '../lab/project-file.ts';

const folder = projectFile('agent/dist/bundle');

/** A file that was written anew has another inode, one that was written over another time. */
const files = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder).map((name) => {
      const { ino, mtimeMs } = statSync(join(folder, name));
      return [name, `${ino} ${mtimeMs}`];
    }),
  );

it('the bundles of an agent that did not change are left alone, so that one that starts in the middle of a build finds them', async () => {
  const before = files();
  expect(Object.keys(before)).toContain('jabra-agent.js');
  expect(await RunningProgram.start(process.execPath, [projectFile('agent/tools/bundle.mjs')], {}).ended).toMatchObject({ code: 0, err: '' });
  expect(files()).toEqual(before);
});
