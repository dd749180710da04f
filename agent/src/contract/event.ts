import { z } from 'zod';

import type { Json } from './common.ts';
import { idSchema, jsonObjectSchema, uuidSchema } from './common.ts';
import { envelope } from './envelope.ts';
import { timestampSchema } from './timestamp.ts';

const plainDeviceEventTypes = [
  'device.connected',
  'device.disconnected',
  'settings.pending',
  'settings.failed',
  'settings.lock-enforced',
  'firmware.started',
  'firmware.updated',
  'firmware.failed',
  'firmware.postponed',
  'battery.low',
] as const;

/** Events about one device; `deviceId` is required. */
export const deviceEventTypes = [...plainDeviceEventTypes, 'settings.applied'] as const;
/** Events about the agent itself; they have no `deviceId`. */
export const agentEventTypes = ['agent.started', 'agent.stopped', 'contract.violation', 'events.dropped'] as const;
export const eventTypes = [...deviceEventTypes, ...agentEventTypes] as const;

/** `published` by the platform, or a `connect` put something back. */
export const settingsAppliedCauses = ['published', 'connect'] as const;

const common = { ...envelope('event/1'), id: uuidSchema, at: timestampSchema };

/**
 * event/1: what happened, durable until acknowledged.
 * The contract fixes `data` for `settings.applied` only; `contract.violation` names the topic and up to three problems, `events.dropped` says how many.
 */
export const eventSchema = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.enum(plainDeviceEventTypes), deviceId: idSchema, data: jsonObjectSchema }),
  z.object({
    ...common,
    type: z.literal('settings.applied'),
    deviceId: idSchema,
    data: z.object({ cause: z.enum(settingsAppliedCauses) }).catchall(z.custom<Json>()),
  }),
  z.object({ ...common, type: z.enum(agentEventTypes), data: jsonObjectSchema }),
]);

export type AgentEvent = z.infer<typeof eventSchema>;
export type EventType = AgentEvent['type'];
export type DeviceEventType = (typeof deviceEventTypes)[number];
export type AgentEventType = (typeof agentEventTypes)[number];
export type SettingsAppliedCause = (typeof settingsAppliedCauses)[number];
