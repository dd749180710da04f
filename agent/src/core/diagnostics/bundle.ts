import { timestamp } from '../../contract/index.ts';
import type { Json } from '../../ports/index.ts';
import { namesInPaths } from './home-paths.ts';
import { readme } from './readme.ts';
import { Redactor, type SensitiveValues } from './redact.ts';

export interface LogText {
  readonly name: string;
  readonly text: string;
}

/** Everything that goes into a bundle, as it was found. */
export interface BundleParts {
  /** Unix milliseconds. */
  readonly madeAt: number;
  readonly agentVersion: string;
  /** Documents by the name of their file, without `.json`. */
  readonly documents: Readonly<Record<string, Json>>;
  readonly logs: readonly LogText[];
  /** What is missing and why, one line each. */
  readonly notes: readonly string[];
}

/** Documents and texts as one text each, in the order of the log. */
function* textsOf({ documents, logs, notes }: BundleParts): Iterable<string> {
  for (const document of Object.values(documents)) yield JSON.stringify(document);
  for (const { text } of logs) yield text;
  yield* notes;
}

/** Two names may have become the same. */
function unused(name: string, files: ReadonlyMap<string, string>): string {
  return files.has(name) ? unused(`${name}~`, files) : name;
}

/**
 * The files of a bundle by name, without anything sensitive. Logs are redacted again: an older version, or a program that logs into the same
 * folder, may have been less careful. README.txt says what is inside and what was taken out.
 */
export function bundleFiles(parts: BundleParts, sensitive: SensitiveValues): ReadonlyMap<string, string> {
  const userNames = [...new Set([...sensitive.userNames, ...namesInPaths(textsOf(parts))])];
  const redactor = new Redactor({ ...sensitive, userNames });
  const files = new Map<string, string>();
  for (const [name, document] of Object.entries(parts.documents)) files.set(`${name}.json`, redactor.document(document));
  for (const { name, text } of parts.logs) files.set(unused(`logs/${redactor.text(name)}`, files), redactor.log(text));
  const { agentVersion } = parts;
  const notes = parts.notes.map((note) => redactor.text(note));
  const text = readme({ madeAt: timestamp(parts.madeAt), agentVersion, files: [...files.keys()], notes, taken: redactor.taken });
  return new Map([['README.txt', text], ...files]);
}
