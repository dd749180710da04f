import { type DefinedMapping, maxPayloadBytes } from './definitions-schema.ts';

type Encoding = DefinedMapping['encoding'];

const widthOf = (encoding: Encoding) => (encoding.type === 'integer' ? encoding.bytes : 1);

/** Numbers of a version that orders like the version; parts have five digits at most. */
function ordinal(version: string): number {
  return version.split('.').reduce((sum, part) => sum * 100_000 + Number(part), 0);
}

function range({ firmware }: DefinedMapping): readonly [number, number] {
  return [firmware?.from === undefined ? 0 : ordinal(firmware.from), firmware?.to === undefined ? Infinity : ordinal(firmware.to)];
}

/** A value that doesn't fit into a message, or versions the wrong way round. */
export function widthProblem(mapping: DefinedMapping): { readonly field: string; readonly sentence: string } | null {
  if (mapping.offset + widthOf(mapping.encoding) > maxPayloadBytes) {
    return { field: '.offset', sentence: `leaves no room for the value: a message has ${maxPayloadBytes} bytes of payload` };
  }
  const [from, to] = range(mapping);
  return from > to ? { field: '.firmware', sentence: 'has a "from" that is later than its "to"' } : null;
}

/** Values that an integer encoding can carry, from the smallest. */
function* representable({ bytes, signed, scale }: Extract<Encoding, { type: 'integer' }>): Generator<number> {
  const count = 256 ** bytes;
  const first = signed ? -count / 2 : 0;
  for (let step = first; step < first + count; step++) yield step * scale;
}

/** An encoding that doesn't fit the setting, as the end of a sentence. `problem` says why a value is none of the setting's. */
export function encodingProblem(encoding: Encoding, problem: (value: boolean | number | string) => string | null): string | null {
  switch (encoding.type) {
    case 'boolean':
      return problem(true) === null ? null : `does not fit: ${problem(true)}`;
    case 'enum': {
      const wrong = Object.keys(encoding.values).find((name) => problem(name) !== null);
      return wrong === undefined ? null : `does not fit: ${problem(wrong)}`;
    }
    case 'integer': {
      for (const value of representable(encoding)) if (problem(value) === null) return null;
      return `does not fit: ${problem(0) ?? 'it can carry no value of the setting'}`;
    }
  }
}

export type Ambiguity = 'same-setting' | 'same-bytes';

function meet(left: DefinedMapping, right: DefinedMapping): boolean {
  const [leftFrom, leftTo] = range(left);
  const [rightFrom, rightTo] = range(right);
  return left.productIds.some((id) => right.productIds.includes(id)) && leftFrom <= rightTo && rightFrom <= leftTo;
}

function overlap(left: DefinedMapping, right: DefinedMapping): boolean {
  const inOrder = left.offset < right.offset + widthOf(right.encoding) && right.offset < left.offset + widthOf(left.encoding);
  return left.subcommand === right.subcommand && inOrder;
}

/** Mappings that contradict an earlier one, by their index. Several settings may share a message in bytes of their own. */
export function ambiguities(mappings: readonly DefinedMapping[]): readonly { readonly index: number; readonly kind: Ambiguity }[] {
  return mappings.flatMap((mapping, index): { readonly index: number; readonly kind: Ambiguity }[] => {
    const rivals = mappings.slice(0, index).filter((earlier) => meet(earlier, mapping));
    if (rivals.some(({ setting }) => setting === mapping.setting)) return [{ index, kind: 'same-setting' }];
    return rivals.some((earlier) => overlap(earlier, mapping)) ? [{ index, kind: 'same-bytes' }] : [];
  });
}
