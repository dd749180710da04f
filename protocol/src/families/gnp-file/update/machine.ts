import { compareVersions } from '../../../images/index.ts';
import { blocksPerAcknowledgement, fileBlockLength } from '../../../messages/file.ts';
import type { UpdateFailure, UpdateOutcome, UpdatePhase } from '../../update/index.ts';
import { fileUpdateTiming, maxAttempts, maxReturns, maxUnacknowledged } from './timing.ts';

/** What is to be on the device. */
export interface FileUpdatePlan {
  readonly version: string;
  readonly dfuProductIds: readonly number[];
  /** Bytes of the file. */
  readonly size: number;
  /** Hexadecimal MD5 of the file. */
  readonly md5: string;
}

/**
 * What is done next. In the order of an update without incidents; `wait` comes in between.
 * `install` watches the device until it leaves, `prove` asks what it runs after that.
 */
export type FileUpdateStep =
  'connect' | 'identify' | 'settle' | 'compare' | 'remove' | 'begin' | 'send' | 'verify' | 'ready' | 'start' | 'install' | 'prove' | 'wait';

const phaseOf: Readonly<Record<FileUpdateStep, UpdatePhase>> = {
  connect: 'checking',
  identify: 'checking',
  settle: 'checking',
  compare: 'checking',
  wait: 'checking',
  remove: 'transferring',
  begin: 'transferring',
  send: 'transferring',
  verify: 'verifying',
  ready: 'verifying',
  start: 'installing',
  install: 'installing',
  prove: 'installing',
};

/** Where an update is. Times are monotonic milliseconds. */
export interface FileUpdateState {
  readonly step: FileUpdateStep;
  readonly phase: UpdatePhase;
  /** Attempts that came to nothing. */
  readonly attempts: number;
  /** Number of the block that is sent next. */
  readonly block: number;
  /** Acknowledgements missing in a row. */
  readonly unacknowledged: number;
  /** Since when it is waited for the device, or for it to be idle; null where it isn't. */
  readonly since: number | null;
  /** Only in `wait`. */
  readonly wait: { readonly ms: number; readonly next: FileUpdateStep } | null;
  /** From the moment at which it was told to install, null before. */
  readonly installing: Installing | null;
}

interface Installing {
  /** Until when it may take. */
  readonly deadline: number;
  /** Whether it was seen to leave. */
  readonly left: boolean;
  /** How often it came back. */
  readonly returns: number;
  /** Whether it came back with its old version and is given time. */
  readonly lingers: boolean;
  /** An earlier process told it so, or was about to. */
  readonly resumed: boolean;
}

/** What came of a step. */
export type FileUpdateEvent =
  | { readonly kind: 'done' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'identity'; readonly version: string | null; readonly dfuProductId: number | null }
  | { readonly kind: 'status'; readonly idle: boolean }
  /** Null where the device holds no file. */
  | { readonly kind: 'checksum'; readonly md5: string | null }
  /** The device left while it was watched, or the time was up. */
  | { readonly kind: 'left' }
  | { readonly kind: 'elapsed' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'silent' | 'refused' | 'lost'; readonly error: Error };

type Failed = Extract<FileUpdateEvent, { readonly error: Error }>;

/** An update that ended, or where it goes on. */
export type FileUpdateNext = FileUpdateState | { readonly step: 'end'; readonly outcome: UpdateOutcome };

export const initialState: FileUpdateState = {
  step: 'connect',
  phase: 'checking',
  attempts: 0,
  block: 0,
  unacknowledged: 0,
  since: null,
  wait: null,
  installing: null,
};

/** The state of an update whose process ended after the device was told to install, `elapsedMs` ago. */
export function resumedState(now: number, elapsedMs: number): FileUpdateState {
  const deadline = now - elapsedMs + fileUpdateTiming.installMs + fileUpdateTiming.returnMs;
  return { ...initialState, since: now, phase: 'installing', installing: { deadline, left: false, returns: 0, lingers: false, resumed: true } };
}

const blockCount = (size: number): number => Math.ceil(size / fileBlockLength);

/** The block after those that are sent together, the last of which is acknowledged unless the file ends before. */
export const windowEnd = (block: number, size: number): number =>
  Math.min(blockCount(size), block - (block % blocksPerAcknowledgement) + blocksPerAcknowledgement);

const go = (state: FileUpdateState, step: FileUpdateStep, changes: Partial<FileUpdateState> = {}): FileUpdateState => ({
  ...state,
  step,
  phase: step === 'wait' || step === 'connect' ? state.phase : phaseOf[step],
  wait: null,
  since: null,
  ...changes,
});
const pause = (state: FileUpdateState, ms: number, next: FileUpdateStep, changes: Partial<FileUpdateState> = {}): FileUpdateState =>
  go(state, 'wait', { since: state.since, ...changes, wait: { ms, next } });
const end = (outcome: UpdateOutcome): FileUpdateNext => ({ step: 'end', outcome });
const fail = ({ phase }: FileUpdateState, reason: UpdateFailure, cause: Error | null): FileUpdateNext =>
  end({ status: 'failed', reason, phase, cause });

/** From the beginning, as often as there are attempts: the device is asked again what it has, and a file that isn't whole is sent anew. */
function retreat(state: FileUpdateState, reason: UpdateFailure, cause: Error | null): FileUpdateNext {
  const attempts = state.attempts + 1;
  if (attempts >= maxAttempts) return fail(state, reason, cause);
  return pause(state, fileUpdateTiming.retryMs, 'identify', { attempts, block: 0, unacknowledged: 0, since: null });
}

/** The device is gone: waited for, then from the beginning. */
function reconnect(state: FileUpdateState, now: number, cause: Error): FileUpdateNext {
  const attempts = state.attempts + 1;
  if (attempts >= maxAttempts) return fail(state, 'gone', cause);
  return go(state, 'connect', { attempts, block: 0, unacknowledged: 0, since: now });
}

function failed(state: FileUpdateState, event: Failed, now: number): FileUpdateNext {
  if (event.kind === 'lost') return reconnect(state, now, event.error);
  return retreat(state, event.kind === 'refused' ? 'rejected' : 'no-answer', event.error);
}

/** A device that isn't there is waited for, unless it never was. */
function absent(state: FileUpdateState, now: number): FileUpdateNext {
  if (state.since === null) return fail(state, 'gone', null);
  const until = state.installing?.deadline ?? state.since + fileUpdateTiming.returnMs;
  if (now >= until) return fail(state, 'gone', null);
  const installing = state.installing && { ...state.installing, left: true };
  return pause(state, Math.min(fileUpdateTiming.lookMs, until - now), 'connect', { installing });
}

/** One look at a device that should be idle. */
function whenIdle(state: FileUpdateState, idle: boolean, then: FileUpdateStep, now: number): FileUpdateNext {
  if (idle) return go(state, then);
  const since = state.since ?? now;
  if (now - since >= fileUpdateTiming.busyMs) return fail(state, 'busy', null);
  return pause(state, fileUpdateTiming.pollMs, state.step, { since });
}

function sent(state: FileUpdateState, plan: FileUpdatePlan, unacknowledged: number): FileUpdateState {
  const block = windowEnd(state.block, plan.size);
  return go(state, block >= blockCount(plan.size) ? 'verify' : 'send', { block, unacknowledged });
}

function told(state: FileUpdateState, now: number, left: boolean): FileUpdateState {
  const deadline = now + fileUpdateTiming.installMs + fileUpdateTiming.returnMs;
  const installing = { deadline, left, returns: 0, lingers: false, resumed: false };
  return go(state, left ? 'connect' : 'install', { installing, since: now });
}

/** It left in order to install, or again after it had been back. */
function away(state: FileUpdateState, installing: Installing, now: number, cause: Error | null): FileUpdateNext {
  if (installing.returns >= maxReturns) return fail(state, 'gone', cause);
  return go(state, 'connect', { installing: { ...installing, left: true, lingers: false }, since: now });
}

/** It is there, and doesn't run the new version (yet). */
function notYet(state: FileUpdateState, installing: Installing, now: number, reason: UpdateFailure, cause: Error | null): FileUpdateNext {
  if (installing.left ? installing.lingers || installing.returns >= maxReturns : now >= installing.deadline) {
    // Nobody knows whether the earlier process came to tell it.
    if (installing.resumed && !installing.left) return go(state, 'identify', { installing: null });
    return fail(state, reason, cause);
  }
  return go(state, 'install', { installing: { ...installing, lingers: installing.left }, since: state.since ?? now });
}

/** How long `install` watches. */
export const watchMs = ({ installing }: FileUpdateState, now: number): number => {
  if (!installing) return 0;
  return installing.left ? fileUpdateTiming.lingerMs : Math.max(0, installing.deadline - now);
};

const isVersion = (plan: FileUpdatePlan, version: string | null): version is string =>
  version !== null && compareVersions(version, plan.version) === 0;

/** From the moment at which the device was told to install: nothing is written, it is watched and asked what it runs. */
function inInstallation(plan: FileUpdatePlan, state: FileUpdateState, current: Installing, event: FileUpdateEvent, now: number): FileUpdateNext {
  switch (event.kind) {
    case 'absent':
      return absent(state, now);
    case 'left':
      return away(state, current, now, null);
    case 'lost':
      return away(state, current, now, event.error);
    case 'elapsed':
      return go(state, 'prove', { since: state.since });
    case 'identity':
      if (isVersion(plan, event.version)) return end({ status: 'updated', version: event.version });
      return notYet(state, current, now, 'not-installed', null);
    case 'silent':
    case 'refused':
      return notYet(state, current, now, 'no-answer', event.error);
    case 'done':
    case 'status':
    case 'checksum':
    case 'cancelled':
      if (state.wait) return go(state, state.wait.next, { since: state.since });
      return go(state, 'prove', { since: state.since, installing: { ...current, returns: current.returns + 1 } });
  }
}

function preparing(plan: FileUpdatePlan, state: FileUpdateState, event: FileUpdateEvent, now: number): FileUpdateNext {
  switch (event.kind) {
    case 'absent':
      return absent(state, now);
    case 'cancelled':
      return end({ status: 'cancelled' });
    case 'identity':
      if (event.dfuProductId === null || !plan.dfuProductIds.includes(event.dfuProductId)) return end({ status: 'refused', reason: 'wrong-product' });
      return isVersion(plan, event.version) ? end({ status: 'current', version: event.version }) : go(state, 'settle');
    case 'status':
      return whenIdle(state, event.idle, state.step === 'ready' ? 'start' : 'compare', now);
    case 'checksum':
      if (event.md5 === plan.md5) return go(state, 'ready');
      return state.step === 'verify' ? retreat(state, 'corrupted', null) : go(state, 'remove');
    case 'lost':
    case 'silent':
    case 'refused':
      if (state.step === 'start' && event.kind !== 'refused') return told(state, now, event.kind === 'lost');
      if (state.step === 'send' && event.kind === 'silent' && state.unacknowledged + 1 < maxUnacknowledged)
        return sent(state, plan, state.unacknowledged + 1);
      return failed(state, event, now);
    case 'left':
    case 'elapsed':
    case 'done':
      return proceed(plan, state, now);
  }
}

/** After a step that has nothing to tell. */
function proceed(plan: FileUpdatePlan, state: FileUpdateState, now: number): FileUpdateState {
  if (state.wait) return go(state, state.wait.next, { since: state.since });
  if (state.step === 'remove') return go(state, 'begin');
  if (state.step === 'begin') return go(state, 'send', { block: 0, unacknowledged: 0 });
  if (state.step === 'send') return sent(state, plan, 0);
  if (state.step === 'start') return told(state, now, false);
  return go(state, 'identify');
}

/**
 * What follows from what came of a step. Pure: no clock, no device.
 *
 * INVARIANTS: nothing is written before the device said that it is idle. It is told to install only after it gave the checksum of the whole file and said
 * that it is idle, and not again unless it refused. No block is sent twice within one file: how a device takes that is not public. Every way back costs one of
 * `maxAttempts`, every wait has an end.
 */
export function nextState(plan: FileUpdatePlan, state: FileUpdateState, event: FileUpdateEvent, now: number): FileUpdateNext {
  return state.installing ? inInstallation(plan, state, state.installing, event, now) : preparing(plan, state, event, now);
}
