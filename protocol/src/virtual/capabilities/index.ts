import type { Behaviour } from '../behaviour.ts';
import { battery } from './battery.ts';
import { identity } from './identity.ts';
import { settings } from './settings.ts';

/** What every virtual device can do, oldest first. */
export const capabilities: readonly Behaviour[] = [identity, battery, settings];
