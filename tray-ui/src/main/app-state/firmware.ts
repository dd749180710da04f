import type { LocalState } from '@jpd/agent/local';
import type { FirmwareActivity, FirmwareView, Recovery } from '../../bridge/index.ts';

type Local = LocalState['firmware'][number];
type Told = LocalState['devices'][number]['firmware'];
type LocalActivity = NonNullable<Local['activity']>;

/** Until this PC has seen an update over the transport: what the window says of the restart, "up to a minute". */
const usualSecondsAfterSending = 60;
/** As much is said of a recovery before this PC has seen an update. */
const usualRecoveryMinutes = 5;

/** What the device acknowledged, by the byte while bytes are sent. It is all of it only when the device runs the new version. */
function percentOf({ phase, progress, sent }: LocalActivity): number {
  if (phase === 'restoring') return 100;
  return Math.min(99, sent && sent.total > 0 ? Math.max(0, Math.floor((sent.done / sent.total) * 100)) : progress);
}

function activityView(activity: LocalActivity): FirmwareActivity {
  const { phase, startedAt, sent, secondsAfterSending } = activity;
  return { phase, progress: percentOf(activity), startedAt, sent, secondsAfterSending: secondsAfterSending ?? usualSecondsAfterSending };
}

function recoveryView(recovery: NonNullable<Local['recovery']>, usualMinutes: number | null): Recovery {
  switch (recovery.step) {
    case 'running':
      return { step: 'running', ...activityView(recovery), version: recovery.version };
    case 'failed':
      return { step: 'failed', error: recovery.error, minutes: usualMinutes ?? usualRecoveryMinutes };
    case 'prepare':
    case 'waiting':
    case 'complete':
      return recovery;
  }
}

function promptView(prompt: Local['prompt']): FirmwareView['prompt'] {
  switch (prompt?.kind) {
    case undefined:
      return null;
    case 'ask': {
      const { kind, postponementsLeft, postponeHours, installsAfter } = prompt;
      return { kind, postponementsLeft, postponeHours, installsAfter };
    }
    case 'announce': {
      const { kind, startsAt, postponedTimes } = prompt;
      return { kind, startsAt, postponedTimes };
    }
    case 'postponed': {
      const { kind, until, postponementsLeft } = prompt;
      return { kind, until, postponementsLeft };
    }
  }
}

/** What only a firmware engine knows, where there is none. */
export const nothingKnown = {
  checkedAt: null,
  prompt: null,
  packageBytes: null,
  download: null,
  usualMinutes: null,
  activity: null,
  hasBegun: false,
  isRecoverable: false,
  isUsable: true,
  stoppedAt: null,
  lastTry: null,
  isFailureKnown: false,
  recovery: null,
  decidedBy: null,
  keptUpdated: false,
} as const;

/** `told`: as the device document says it; `local`: the same as it is now, and more; null where this agent installs no firmware. */
export function firmwareView(told: Told, local: Local | null): FirmwareView {
  const { status, version, targetVersion, reason, error } = local?.firmware ?? told;
  const said = { status, version, targetVersion, reason, error };
  if (!local) return { ...said, ...nothingKnown };
  const { decidedBy, activity, recovery, prompt } = local;
  return {
    ...said,
    checkedAt: local.checkedAt,
    prompt: promptView(prompt),
    packageBytes: local.packageBytes,
    download: local.download,
    usualMinutes: local.usualMinutes,
    activity: activity && activityView(activity),
    hasBegun: local.hasBegun,
    isRecoverable: local.isRecoverable,
    isUsable: local.isUsable,
    stoppedAt: local.stoppedAt,
    lastTry: local.lastTry,
    isFailureKnown: local.isFailureKnown,
    recovery: recovery && recoveryView(recovery, local.usualMinutes),
    decidedBy: decidedBy && { kind: decidedBy.kind, name: decidedBy.name },
    keptUpdated: local.keptUpdated,
  };
}
