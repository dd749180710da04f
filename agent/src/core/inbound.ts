import type { Clock } from '@jpd/protocol';
import { type Desired, type Policy, timestampMs } from '../contract/index.ts';
import type { Log } from '../ports/index.ts';
import type { Commands } from './commands.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import type { DesiredRecord } from './devices/record.ts';
import type { LoginGate } from './login-gate.ts';
import type { Delivery } from './platform/inbox.ts';
import type { EventDraft, Outbox } from './platform/outbox.ts';
import type { SessionHandlers } from './platform/session-context.ts';
import { Violations } from './platform/violations.ts';
import type { Section } from './state/section.ts';

export interface InboundContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly outbox: Outbox;
  readonly commands: Commands;
  readonly devices: DeviceManager;
  readonly desired: Section<DesiredRecord>;
  readonly gate: LoginGate;
  /** The policy or the mode lets no document wait for a login. */
  readonly appliesImmediately: () => boolean;
  readonly policyReceived: (policy: Policy) => Promise<void>;
  readonly tell: (event: EventDraft) => Promise<void>;
}

/** What the agent does with what the platform sends. */
export function inboundHandlers(context: InboundContext): SessionHandlers {
  const { clock, log, outbox, commands, devices } = context;
  const violations = new Violations();
  return {
    payload: {
      policy: (policy) => context.policyReceived(policy),
      desired: (document, delivery) => desiredReceived(context, document, delivery),
      commands: async (command, { retained, message }) => {
        if (!retained) await commands.receive(command, message);
      },
      acks: async ({ ids, sentAt }) => {
        if (ids.some((id) => outbox.wasSentNow(id))) commands.platformTime(timestampMs(sentAt));
        await outbox.acknowledge(ids);
      },
    },
    deleted: async (kind, { id }) => {
      if (kind === 'desired') await devices.desiredForgotten(id);
    },
    violation: async (kind, topic, problems) => {
      log.warn('a message breaks the contract and was ignored', { topic, problems });
      const event = violations.event(kind, topic, problems, clock.monotonic());
      if (event) await context.tell(event);
    },
  };
}

async function desiredReceived(context: InboundContext, document: Desired, delivery: Delivery): Promise<void> {
  const { desired, devices, gate } = context;
  const { id } = delivery;
  const held = desired.get(id);
  if (held && document.revision < held.document.revision) return;
  const waitsForLogin = context.appliesImmediately() ? null : gate.waitsFor(delivery);
  if (held?.document.revision !== document.revision) await devices.desiredReceived(id, document, waitsForLogin);
  // It came as if it were new, and is retained: it was there before.
  else if (waitsForLogin === null && held.waitsForLogin !== null) await devices.desiredReceived(id, held.document, null);
}
