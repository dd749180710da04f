import type { Words } from '../words/words.ts';
import { locale } from './time.ts';

const steps = [
  { unit: 'GB', bytes: 1_000_000_000, digits: 1 },
  { unit: 'MB', bytes: 1_000_000, digits: 1 },
  { unit: 'KB', bytes: 1_000, digits: 0 },
] as const;

/** Bytes for people: "2.4 MB", "34 KB"; whole where `isWhole`. */
export function bytesText(bytes: number, words: Words, isWhole = false): string {
  const step = steps.find((one) => bytes >= one.bytes) ?? steps[2];
  const digits = isWhole ? 0 : step.digits;
  return `${numberText(bytes / step.bytes, words, digits)} ${step.unit}`;
}

export function numberText(value: number, words: Words, digits = 0): string {
  return new Intl.NumberFormat(locale(words), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}
