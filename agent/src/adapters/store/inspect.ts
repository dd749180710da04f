import { openDatabase, type Database } from './database.ts';
import { describeError, StoreError } from './errors.ts';
import { kindOf } from './files.ts';
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
  const problems = [...survey.faults];
  if (kind === 'other') problems.push('there is a file in the place of the folder');
  if (survey.vacant && kind !== 'other' && (acknowledged ?? 0) > 0) problems.push('its files are gone');

  const views = [viewOf(survey.entries)];
  if (problems.length === 0) {
    const attempt = await tryDatabase(folder, survey.vacant);
    if ('problem' in attempt) problems.push(attempt.problem);
    else {
      const { database, view } = attempt;
      if (judge(view, acknowledged).complete) return { database, view, transaction: lastTransaction(view, acknowledged), problem: '', lost: 0 };
      await database.close();
      problems.push('records or transactions are missing or changed');
      views.unshift(view);
    }
  }
  const view = views.reduce((best, other) => (better(other, best, acknowledged) ? other : best));
  return {
    database: null,
    view,
    transaction: lastTransaction(view, acknowledged),
    problem: problems.join('; '),
    lost: judge(view, acknowledged).lost,
  };
}

type Attempt = { readonly database: Database; readonly view: View } | { readonly problem: string };

async function tryDatabase(folder: string, create: boolean): Promise<Attempt> {
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

function lastTransaction({ seal }: View, acknowledged: number | null): number {
  return Math.max(seal?.transaction ?? 0, acknowledged ?? 0);
}

function better(a: View, b: View, acknowledged: number | null): boolean {
  const [completeA, completeB] = [a, b].map((view) => judge(view, acknowledged).complete);
  if (completeA !== completeB) return completeA === true;
  return (a.seal?.transaction ?? 0) > (b.seal?.transaction ?? 0);
}
