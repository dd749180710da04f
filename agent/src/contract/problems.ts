import type { z } from 'zod';

type RawIssue = z.core.$ZodRawIssue;

/** JSON has no undefined, so that undefined means absent; a missing discriminator shows in the object that should hold it. */
function isMissing(issue: RawIssue): boolean {
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return issue.input === undefined;
  return typeof issue.input === 'object' && issue.input !== null && !Object.hasOwn(issue.input, issue.discriminator);
}

/** Values are never named: a problem travels in events and logs, a payload may hold anything. */
function expectation(issue: RawIssue): string {
  if (isMissing(issue)) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be of type ${issue.expected === 'int' ? 'integer' : issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' ? `must have at most ${issue.maximum} items` : `must be at most ${issue.maximum}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return issue.discriminator === undefined ? 'must be a string, a number or a boolean' : 'must be one of the known values';
    case 'invalid_format':
      return issue.format === 'guid' ? 'must be a UUID' : 'is not in the required form';
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'unrecognized_keys':
      return 'is not valid';
  }
}

/** Names of fields are the contract's own, but keys of `settings` or `params` are the sender's: only what looks like a name is repeated. */
function segment(key: PropertyKey): string {
  if (typeof key === 'number') return `[${key}]`;
  return typeof key === 'string' && /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(key) ? `.${key}` : '.*';
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map(segment).join('').replace(/^\./, '') || 'the payload';
}

/** Wording for zod; a schema's own message wins over it. */
export const problemWording: { readonly error: (issue: RawIssue) => string } = { error: expectation };

/** One short sentence for each issue, at most `limit`. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], limit: number): string[] {
  return issues.slice(0, limit).map((issue) => `${pathText(issue.path)} ${issue.message}`);
}
