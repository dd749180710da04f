import type { UpdatePhase } from '@jpd/protocol';
import { type FirmwareError, firmwareErrorCodes } from '../../contract/index.ts';
import type { Json } from '../../ports/index.ts';
import { isJsonObject, type JsonObject } from '../state/json-object.ts';

/** What is kept of a device's firmware over restarts. Times are Unix milliseconds. */
export type FirmwareRecord = {
  /** The version that all of this is about. */
  readonly version: string;
  /** Of the desired document that asked for it: a new one tries again what failed. */
  readonly revision: number;
  /** How often it was put off. */
  readonly postponements: number;
  readonly postponedUntil: number | null;
  /** Since when a question stands. */
  readonly askedAt: number | null;
  /** When it was announced that it starts by itself. */
  readonly announcedAt: number | null;
  /** A person said that it shall be installed. */
  readonly isAgreed: boolean;
  readonly failure: FirmwareError | null;
  /** An update that was begun and not seen to end: it goes on without a question. */
  readonly begun: { readonly from: string; readonly to: string } | null;
  /** Where it is right now. One that is found at the start was cut off there. */
  readonly phase: UpdatePhase | null;
  /** How often it was cut off in each phase. */
  readonly cutOffs: Readonly<Partial<Record<UpdatePhase, number>>>;
  /** What the update itself noted down. */
  readonly journal: Json;
};

const fresh = {
  postponements: 0,
  postponedUntil: null,
  askedAt: null,
  announcedAt: null,
  isAgreed: false,
  failure: null,
  begun: null,
  phase: null,
  cutOffs: {},
  journal: null,
} as const;

/** What counts for this desired version: what was put off stays so while the version is the same, what failed only for the same revision. */
export function recordFor(
  stored: FirmwareRecord | null,
  { version, revision }: { readonly version: string; readonly revision: number },
): FirmwareRecord {
  if (!stored) return { ...fresh, version, revision };
  // Whatever was begun may still end, and is told of then.
  if (stored.version !== version) return { ...fresh, version, revision, begun: stored.begun, phase: stored.phase, journal: stored.journal };
  return stored.revision === revision ? stored : { ...stored, revision, failure: null, cutOffs: {} };
}

/** Whether bytes of it may be on the device: it was cut off, or is, later than at being asked what it is. */
export const hasBegunToWrite = ({ begun, phase, cutOffs }: FirmwareRecord): boolean =>
  begun !== null && ((phase !== null && phase !== 'checking') || Object.keys(cutOffs).length > 0);

const phases: readonly UpdatePhase[] = ['checking', 'transferring', 'verifying', 'installing'];

const numberOr = <T>(json: Json | undefined, other: T): number | T => (typeof json === 'number' ? json : other);
const textOf = (json: Json | undefined): string | null => (typeof json === 'string' ? json : null);

function parseFailure(json: Json | undefined): FirmwareError | null {
  if (!isJsonObject(json)) return null;
  const code = firmwareErrorCodes.find((known) => known === json['code']);
  return code ? { code, message: textOf(json['message']) ?? '' } : null;
}

function parseBegun(json: Json | undefined): FirmwareRecord['begun'] {
  if (!isJsonObject(json)) return null;
  const [from, to] = [textOf(json['from']), textOf(json['to'])];
  return from === null || to === null ? null : { from, to };
}

const parseCutOffs = (json: Json | undefined): FirmwareRecord['cutOffs'] =>
  isJsonObject(json) ? Object.fromEntries(phases.flatMap((phase) => (typeof json[phase] === 'number' ? [[phase, json[phase]]] : []))) : {};

export function parseFirmwareRecord(json: Json): FirmwareRecord | null {
  if (!isJsonObject(json)) return null;
  const fields: JsonObject = json;
  const version = textOf(fields['version']);
  const { revision } = fields;
  if (version === null || typeof revision !== 'number') return null;
  return {
    version,
    revision,
    postponements: numberOr(fields['postponements'], 0),
    postponedUntil: numberOr(fields['postponedUntil'], null),
    askedAt: numberOr(fields['askedAt'], null),
    announcedAt: numberOr(fields['announcedAt'], null),
    isAgreed: fields['isAgreed'] === true,
    failure: parseFailure(fields['failure']),
    begun: parseBegun(fields['begun']),
    phase: phases.find((phase) => phase === fields['phase']) ?? null,
    cutOffs: parseCutOffs(fields['cutOffs']),
    journal: fields['journal'] ?? null,
  };
}
