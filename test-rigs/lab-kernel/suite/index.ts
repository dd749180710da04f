import { agent } from './agent.ts';
import { calls } from './calls.ts';
import { fwupd } from './fwupd.ts';
import { hotPlug } from './hot-plug.ts';
import type { KernelTest } from './kernel-test.ts';
import { permissions } from './permissions.ts';
import { sessions } from './sessions.ts';

/** Everything that the guest runs, in this order. */
export const suite: readonly KernelTest[] = [...hotPlug, ...sessions, ...calls, ...permissions, ...fwupd, ...agent];
