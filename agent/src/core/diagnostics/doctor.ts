import type { Clock } from '@jpd/protocol';
import { timestampMs } from '../../contract/index.ts';
import type { FolderExamination, LockExamination, Log, PlatformProbe, StateExamination } from '../../ports/index.ts';
import { type AgentState, loadState } from '../agent-state.ts';
import { type Check, describeError, failed, type Judgement, ok, skipped, within } from './check.ts';
import { judgeClock } from './clock-check.ts';
import { judgeFolder } from './folder-check.ts';
import { checkHid, type HidSurroundings } from './hid-check.ts';
import { checkLogin, type LoginSettings, type LoginSurroundings } from './login-check.ts';
import { checkRoute } from './route-checks.ts';
import { judgeLock, judgeState } from './state-checks.ts';

export interface DoctorSettings extends LoginSettings {
  readonly stateDir: string;
  readonly logDir: string;
  readonly definitionsFile: string | null;
}

export interface DoctorContext extends Omit<LoginSurroundings, 'settings' | 'limitMs'>, Omit<HidSurroundings, 'clock'> {
  readonly settings: DoctorSettings;
  /** How many mappings the definitions file holds. */
  readonly mappings: number;
  /** What the configuration's sources hold and nobody reads. */
  readonly notes: readonly string[];
  readonly log: Log;
  readonly probe: PlatformProbe;
  readonly folder: (path: string) => Promise<FolderExamination>;
  readonly lock: () => Promise<LockExamination>;
  readonly state: () => Promise<StateExamination>;
}

/** Of each check that waits for something. */
const limitMs = 5000;

const anotherAccount = 'run this with the account that runs the agent';

/** Judges what `work` finds; a failure of the looking itself is a failed check. */
async function check(clock: Clock, name: string, remedy: string, work: () => Promise<Judgement>): Promise<Check> {
  try {
    const done = await within(clock, limitMs, work);
    return { name, ...(done?.value ?? failed(`no answer within ${limitMs / 1000} s`, remedy)) };
  } catch (error) {
    return { name, ...failed(describeError(error), remedy) };
  }
}

function judgeConfiguration(notes: readonly string[]): Judgement {
  const [first] = notes;
  if (first === undefined) return ok('usable');
  const more = notes.length > 1 ? ` (and ${notes.length - 1} more)` : '';
  return { status: 'warning', message: `usable; ${first}${more}`, remedy: 'correct or remove it' };
}

function judgeDefinitions(file: string | null, mappings: number): Judgement {
  return file === null ? skipped('definitionsFile names none') : ok(`${file} holds ${mappings} mappings`);
}

/** Times of the platform, and of this computer's past. */
function knownTimes(state: AgentState | null): readonly number[] {
  if (!state) return [];
  const devices = [...state.devices.entries()].map(([, { document }]) => timestampMs(document.connection.lastSeenAt));
  return [...devices, ...[...state.policy.entries()].map(([, { sentAt }]) => timestampMs(sentAt))];
}

interface Kept {
  readonly checks: readonly Check[];
  readonly lock: LockExamination | null;
  readonly state: AgentState | null;
}

/** Lock and state, which others need; either is null where it could not be read. */
async function examineState({ clock, log, settings, folder, ...context }: DoctorContext): Promise<Kept> {
  let lock: LockExamination | null = null;
  let state: AgentState | null = null;
  const checks = [
    await check(clock, 'state-folder', anotherAccount, async () => judgeFolder('stateDir', settings.stateDir, await folder(settings.stateDir))),
    await check(clock, 'agent', anotherAccount, async () => judgeLock((lock = await context.lock()))),
    await check(clock, 'state', anotherAccount, async () => {
      const examination = await context.state();
      state = await loadState(examination.store, log);
      return judgeState(examination, lock?.held === true);
    }),
  ];
  return { checks, lock, state };
}

/** Login needs a way to the platform, and to know that no agent runs. */
async function examinePlatform(context: DoctorContext, kept: Promise<Kept>): Promise<readonly Check[]> {
  const { probe, clock } = context;
  const route = await checkRoute({ probe, clock, limitMs });
  const { lock, state } = await kept;
  const failure = route.find(({ status }) => status === 'failed');
  const name = 'broker-login';
  if (failure) return [...route, { name, ...skipped(`not tried, since ${failure.name} failed`) }];
  if (!lock || !state) return [...route, { name, ...skipped('not tried, since it is not known whether an agent runs') }];
  try {
    return [...route, { name, ...(await checkLogin({ ...context, limitMs }, lock, state)) }];
  } catch (error) {
    return [...route, { name, ...failed(describeError(error), anotherAccount) }];
  }
}

/** Looks at everything that the agent needs, and changes nothing. In the order in which a reader would look. */
export async function examine(context: DoctorContext): Promise<readonly Check[]> {
  const { clock, settings, notes, mappings, folder } = context;
  const kept = examineState(context);
  const [state, logFolder, hid, platform] = await Promise.all([
    kept,
    check(clock, 'log-folder', anotherAccount, async () => judgeFolder('logDir', settings.logDir, await folder(settings.logDir))),
    check(clock, 'hid', 'start the computer anew', () => checkHid(context)),
    examinePlatform(context, kept),
  ]);
  return [
    { name: 'configuration', ...judgeConfiguration(notes) },
    { name: 'definitions', ...judgeDefinitions(settings.definitionsFile, mappings) },
    ...state.checks,
    logFolder,
    { name: 'clock', ...judgeClock(clock.now(), knownTimes(state.state)) },
    hid,
    ...platform,
  ];
}
