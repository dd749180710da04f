import { openDatabase, type Database } from './database.ts';
import { describeError, StoreError } from './errors.ts';
import { kindOf } from './files.ts';
import { onCopy } from './rebuild.ts';
import { surveyFolder, type Survey } from './survey.ts';
import { judge, viewOf, type View } from './view.ts';

export interface Findings {
  /** Open and complete, or null where the folder must be rebuilt from `view`. */
  readonly database: Database | null;
  readonly view: View;
  /** Number of the last transaction that is known of. */
  readonly transaction: number;
  /** What is wrong, empty where nothing is. */
  readonly problem: string;
  /** Records that are missing, null where that cannot be known. */
  readonly lost: number | null;
}

const NOTHING: Survey = { entries: [], faults: [], vacant: true };

/**
 * Finds out whether the store in `folder` is what was acknowledged, and else the most that can be read of it. The files are read first, by
 * ourselves; LevelDB gets to see them only if all their checksums are right. What it then makes of them is compared as well, because a damaged
 * MANIFEST makes it forget, and delete, tables that are there.
 */
export async function inspect(folder: string, acknowledged: number | null): Promise<Findings> {
  const kind = await kindOf(folder);
  const survey = kind === 'folder' ? await surveyFolder(folder) : NOTHING;
  const views = [viewOf(survey.entries)];
  const isComplete = (view: View | undefined): boolean => view !== undefined && judge(view, acknowledged).complete;

  let problem = survey.faults.join('; ');
  if (kind === 'other') problem = 'there is a file in the place of the folder';
  else if (survey.vacant && (acknowledged ?? 0) > 0) problem = 'its files are gone';
  else if (problem === '' && !isComplete(views[0])) {
    // Old tables that a crash kept LevelDB from deleting can make our view wrong. It is asked on a copy: it deletes logs as it reads them.
    const rehearsal = await onCopy(folder, readDatabase);
    if ('problem' in rehearsal) problem = rehearsal.problem;
    else if (!isComplete(rehearsal.view)) problem = 'records or transactions are missing or changed';
    if ('view' in rehearsal) views.unshift(rehearsal.view);
  }
  if (problem === '') {
    const attempt = await tryDatabase(folder, survey.vacant);
    if ('problem' in attempt) problem = attempt.problem;
    else if (isComplete(attempt.view)) return { ...attempt, transaction: lastTransaction(attempt.view, acknowledged), problem, lost: 0 };
    else {
      await attempt.database.close();
      problem = 'LevelDB overlooks some of its files';
    }
  }
  const view = views.reduce((best, other) => (better(other, best, acknowledged) ? other : best));
  return { database: null, view, transaction: lastTransaction(view, acknowledged), problem, lost: judge(view, acknowledged).lost };
}

interface Problem {
  readonly problem: string;
}

async function tryDatabase(folder: string, create: boolean): Promise<{ readonly database: Database; readonly view: View } | Problem> {
  let database: Database | null = null;
  try {
    database = await openDatabase(folder, { create });
    return { database, view: viewOf(await database.readAll()) };
  } catch (error) {
    await database?.close();
    if (error instanceof StoreError) throw error;
    return { problem: `LevelDB doesn't open it (${describeError(error)})` };
  }
}

async function readDatabase(folder: string): Promise<{ readonly view: View } | Problem> {
  const attempt = await tryDatabase(folder, false);
  if ('problem' in attempt) return attempt;
  await attempt.database.close();
  return { view: attempt.view };
}

function lastTransaction({ seal }: View, acknowledged: number | null): number {
  return Math.max(seal?.transaction ?? 0, acknowledged ?? 0);
}

function better(a: View, b: View, acknowledged: number | null): boolean {
  const [completeA, completeB] = [a, b].map((view) => judge(view, acknowledged).complete);
  if (completeA !== completeB) return completeA === true;
  return (a.seal?.transaction ?? 0) > (b.seal?.transaction ?? 0);
}
