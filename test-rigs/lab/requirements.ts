import { describe, it } from 'vitest';
import { findProgram } from './find-program.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Why this suite was not run; the summary of `npm test` lists it. */
    leftOut?: string;
  }
}

/** Something of the machine that some tests can't do without: a program, a device node, a kernel feature. */
export interface Requirement {
  readonly name: string;
  /** What is wrong and how to get it, or undefined where the requirement is met. Looks once and remembers. */
  readonly missing: () => string | undefined;
}

/**
 * Declares a requirement; a rig declares its own beside its code.
 * @public
 * @param isThere looks on this machine, quickly and without side effects
 * @param remedy what a developer does to get it, for example `apt-get install mosquitto`
 */
export function requirement(name: string, isThere: () => boolean, remedy: string): Requirement {
  let answer: { readonly missing: string | undefined } | undefined;
  return {
    name,
    missing: () => {
      answer ??= { missing: isThere() ? undefined : `needs ${name}: ${remedy}` };
      return answer.missing;
    },
  };
}

/**
 * A suite that needs something of the machine. Where that is missing the suite is left out and `npm test` says so and why;
 * with CI=true it fails instead, since a build machine has all of it and nothing may go unseen.
 */
export function describeWith(need: Requirement, name: string, tests: () => void): void {
  const missing = need.missing();
  if (missing === undefined) {
    describe(name, tests);
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      it(`has ${need.name}`, () => {
        throw new MissingRequirementError(missing);
      });
    });
  } else {
    describe(name, { skip: true, meta: { leftOut: missing } }, tests);
  }
}

/** An MQTT 5 broker that is not ours: what the platform link says to it has been read by somebody else's code. */
export const mosquitto = requirement('mosquitto', () => findProgram('mosquitto') !== undefined, 'apt-get install mosquitto');

/** A browser to look at the windows with. */
export const chromium = requirement('chromium', () => findProgram('chromium') !== undefined, 'apt-get install chromium fonts-noto-cjk');

class MissingRequirementError extends Error {
  override readonly name = 'MissingRequirementError';
}
