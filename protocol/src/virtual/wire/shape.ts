import { fromHex } from '../../bytes/index.ts';

/** Says whether a JSON value has a shape, by hand: this layer has no validation library. */
export type Shape<T> = (value: unknown) => value is T;

/** The type that a shape stands for. */
export type ShapeOf<S> = S extends Shape<infer T> ? T : never;

export const isText: Shape<string> = (value) => typeof value === 'string';
export const isBoolean: Shape<boolean> = (value) => typeof value === 'boolean';
export const isInteger: Shape<number> = (value): value is number => Number.isSafeInteger(value);
export const isScalar: Shape<boolean | number | string> = (value): value is boolean | number | string =>
  typeof value === 'boolean' || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
export const isNothing: Shape<null> = (value) => value === null;
/** Bytes in JSON: hexadecimal digits. */
export const isHex: Shape<string> = (value): value is string => typeof value === 'string' && fromHex(value) !== null;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function oneOf<const T extends string>(...values: readonly T[]): Shape<T> {
  return (value): value is T => values.some((one) => one === value);
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value): value is T | null => value === null || shape(value);
}

export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every((item) => shape(item));
}

export function mapOf<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> => isRecord(value) && Object.values(value).every((item) => shape(item));
}

/** An object with at least these members. */
export function object<const S extends Readonly<Record<string, Shape<unknown>>>>(members: S): Shape<{ readonly [K in keyof S]: ShapeOf<S[K]> }> {
  const entries = Object.entries(members);
  return (value): value is { readonly [K in keyof S]: ShapeOf<S[K]> } => isRecord(value) && entries.every(([name, shape]) => shape(value[name]));
}
