import {
  afterSending,
  afterVerify,
  afterVersion,
  type At,
  beginRun,
  end,
  enter,
  lost,
  retry,
  stay,
  type Transition,
  write,
  writeVersion,
} from './changes.ts';
import type { UpdateInput } from './inputs.ts';
import { updateLimits } from './limits.ts';
import { acknowledge, beginSending, resend } from './sending.ts';
import type { UpdateStep } from './state.ts';

export type Handler<I> = (at: At, input: I) => Transition;

/** What a step makes of each input; those that are missing mean nothing to it. `cancel` is the same in all. */
type Step = { readonly [K in UpdateInput['kind']]?: Handler<Extract<UpdateInput, { readonly kind: K }>> };

/** Every step of an image: a refusal, silence and a loss begin everything anew. */
const inImage: Step = {
  refused: (at) => retry(at, 'rejected'),
  unanswered: (at) => retry(at, 'no-answer'),
  elapsed: (at) => retry(at, 'no-answer'),
  lost,
};

const awaitRestart: Handler<unknown> = ({ state }) => enter(state, 'restarting', [{ kind: 'await-restart' }]);
const windowLate: Handler<unknown> = (at) => afterSending(at, resend(at.state));
const isOver: Step = {};

/** The whole machine. */
export const steps: Readonly<Record<UpdateStep, Step>> = {
  partition: {
    ...inImage,
    begin: (at) => (at.state.turn === 0 ? beginRun(at) : stay(at.state)),
    acknowledged: ({ state }) => enter(state, 'erasing', [{ kind: 'wait', milliseconds: updateLimits.eraseMs }, write('start')]),
  },
  erasing: {
    ...inImage,
    // Its acknowledgement may be lost: that it goes on is told by its end.
    unanswered: ({ state }) => stay(state),
    erased: ({ state }) => enter(state, 'crc', [write('crc')]),
  },
  crc: {
    ...inImage,
    acknowledged: (at) => afterSending(at, beginSending(at.image, at.state)),
  },
  sending: {
    ...inImage,
    // Blocks that didn't leave are as good as lost ones.
    unanswered: windowLate,
    elapsed: windowLate,
    block: (at, { number }) => afterSending(at, acknowledge(at.state, number, at.image)),
    // Every block was sent, and the acknowledgement of the last ones got lost.
    verified: (at) => (at.state.sending?.window.to === at.image.blocks - 1 ? afterVerify(at) : stay(at.state)),
  },
  verifying: {
    ...inImage,
    elapsed: (at) => retry(at, 'corrupted'),
    verified: (at) => afterVerify(at),
  },
  version: { ...inImage, acknowledged: (at) => afterVersion(at) },
  // The commit is noted down before it is sent, so that a host that is killed in between knows that it may have been.
  recording: {
    saved: (at) => writeVersion(at),
    unsaved: (at) => end(at, 'failed', { failure: 'not-recorded' }),
    lost,
  },
  // Sent once only: whether a device that doesn't answer has it, its version will tell.
  committing: {
    acknowledged: awaitRestart,
    unanswered: awaitRestart,
    lost: awaitRestart,
    refused: (at) => end(at, 'failed', { failure: 'rejected' }),
  },
  restarting: {
    restarted: ({ state }) => enter(state, 'proving', [{ kind: 'prove' }]),
  },
  proving: {
    version: (at, { version, isNew }) => (isNew ? end(at, 'done', { version }) : end(at, 'failed', { failure: 'not-installed', version })),
    absent: (at) => end(at, 'interrupted', { failure: 'gone' }),
  },
  reconnecting: {
    back: (at) => beginRun(at),
    objected: (at, { objection }) => end(at, 'refused', { objection }),
    absent: (at) => end(at, 'interrupted', { failure: 'gone' }),
  },
  done: isOver,
  cancelled: isOver,
  refused: isOver,
  interrupted: isOver,
  failed: isOver,
};
