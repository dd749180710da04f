import { agent } from './agent.ts';
import { calls } from './calls.ts';
import { fwupd } from './fwupd.ts';
import { hotPlug } from './hot-plug.ts';
import type { KernelTest } from './kernel-test.ts';
import { permissions } from './permissions.ts';
import { reEnumeration } from './re-enumeration.ts';
import { sessions } from './sessions.ts';
import { silent } from './sound.ts';
import { suspend } from './suspend.ts';
import { uhid } from './uhid.ts';
import { update } from './update.ts';

/** Everything that guests run, in this order: what takes long is begun first. */
export const suite: readonly KernelTest[] = [
  ...silent(agent),
  ...fwupd,
  ...update,
  ...silent(permissions),
  ...reEnumeration,
  ...uhid,
  ...suspend,
  ...calls,
  ...sessions,
  ...hotPlug,
];

/** Those with one of these in their names; all for none. */
export const testsNamed = (parts: readonly string[]): readonly KernelTest[] =>
  suite.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
