import type { LocalSent } from '@jpd/agent/local';
import type { SentEntry, SentGroup, SentSubject } from '../../bridge/index.ts';
import { type Field, fieldsOf, textAt } from './fields.ts';

type LocalEntry = LocalSent['entries'][number];

/** What a window calls a message, and gives back to have its text. */
const sentId = ({ run, number }: Pick<LocalEntry, 'run' | 'number'>): string => `${run}-${number}`;

/** Null where it names none. */
export function placeOf(id: string): { readonly run: number; readonly number: number } | null {
  const [, run, number] = /^(\d{1,16})-(\d{1,16})$/.exec(id) ?? [];
  return run === undefined || number === undefined ? null : { run: Number(run), number: Number(number) };
}

/** A document's number tells nobody anything. */
const unshown: ReadonlySet<string> = new Set(['revision', 'deviceId', 'settings.desiredRevision', 'settings.appliedRevision']);

/** What of a device's document is told under a name of its own, where nothing else changed. */
const parts = ['battery', 'firmware', 'settings'] as const;

const plainSubjects = {
  connect: 'presence',
  presence: 'presence',
  client: 'client',
  enrolment: 'client',
  events: 'event',
  results: 'result',
  diagnostics: 'diagnostics',
} as const satisfies Readonly<Record<Exclude<LocalEntry['kind'], 'devices'>, SentSubject>>;

interface Told {
  readonly subject: SentSubject;
  readonly device: string | null;
  readonly fields: readonly Field[];
}

/** Reads messages in the order in which they were sent: of a device's document a person is told what is new in it. */
class Reader {
  /** The last document of each device, by its topic. */
  readonly #documents = new Map<string, readonly Field[]>();
  /** Names of devices by their id. */
  readonly #names = new Map<string, string>();

  read(entry: LocalEntry): Told {
    const { kind, payload, note, to } = entry;
    if (kind === 'devices') return this.#device(entry);
    const subject = plainSubjects[kind];
    if (kind === 'connect') return { subject, device: null, fields: [{ name: 'host', value: to }, ...noteOf(note)] };
    const fields = fieldsOf(payload).map(({ name, value }) => ({ name: name.replace(/^metadata\.(?:computer\.)?/, ''), value }));
    const deviceId = kind === 'events' ? textAt(payload, 'deviceId') : null;
    const device = deviceId === null ? null : (this.#names.get(deviceId) ?? deviceId);
    return { subject, device, fields: [...fields, ...noteOf(note)] };
  }

  #device({ topic, payload }: LocalEntry): Told {
    const deviceId = topic?.split('/').at(-1) ?? '';
    const name = textAt(payload, 'model', 'name') ?? this.#names.get(deviceId) ?? deviceId;
    this.#names.set(deviceId, name);
    const now = fieldsOf(payload).filter((field) => !unshown.has(field.name));
    const before = this.#documents.get(topic ?? '');
    this.#documents.set(topic ?? '', now);
    const changed = before ? newIn(now, before) : now;
    // Told again as it was, after a connect: all of it left.
    const fields = changed.length > 0 ? changed : now;
    return { subject: before ? subjectOf(changed) : 'device', device: name, fields };
  }
}

const noteOf = (note: string | null): readonly Field[] => (note === null ? [] : [{ name: 'note', value: note }]);

/** What is other than before, and what is there no more. */
function newIn(now: readonly Field[], before: readonly Field[]): readonly Field[] {
  const known = new Map(before.map(({ name, value }) => [name, value]));
  const names = new Set(now.map(({ name }) => name));
  const gone = before.filter(({ name }) => !names.has(name)).map(({ name }) => ({ name, value: '–' }));
  return [...now.filter(({ name, value }) => known.get(name) !== value), ...gone];
}

function subjectOf(changed: readonly Field[]): SentSubject {
  const part = parts.find((one) => changed.length > 0 && changed.every(({ name }) => name === one || name.startsWith(`${one}.`)));
  return part ?? 'device';
}

function entryView(entry: LocalEntry, { subject, device, fields }: Told): SentEntry {
  const groups: SentGroup[] = entry.kind === 'diagnostics' ? ['diagnostics'] : [...entry.groups];
  const unsure = entry.acknowledged ? [] : [{ name: 'acknowledged', value: 'false' }];
  return {
    id: sentId(entry),
    at: Date.parse(entry.at),
    groups: groups.length > 0 ? groups : ['app'],
    subject,
    device,
    fields: [...fields, ...unsure],
  };
}

/** What left this PC, newest first, with names and values for people. */
export function sentEntries({ entries }: Pick<LocalSent, 'entries'>): SentEntry[] {
  const reader = new Reader();
  return entries
    .toReversed()
    .map((entry) => entryView(entry, reader.read(entry)))
    .toReversed();
}
