import { FirmwarePackageError } from '../../images/index.ts';
import type { XmlElement } from './xml.ts';

export const invalid = (message: string): FirmwarePackageError => new FirmwarePackageError('invalid-info', `info.xml: ${message}`);

/** The one child of this name; null where there is none. */
export function childOf(element: XmlElement, name: string): XmlElement | null {
  const [found, second] = element.children.filter((child) => child.name === name);
  if (second) throw invalid(`<${element.name}> has <${name}> twice`);
  return found ?? null;
}

/** What must be there. */
export function required<T>(value: T | null | undefined, where: string, what: string): T {
  if (value === null || value === undefined || value === '') throw invalid(`${where} has no ${what}`);
  return value;
}

/** Decimal, or hexadecimal with 0x in front: fwupd takes both in every number; packages have partitions in the former, the rest in the latter. */
export function numberOf(text: string, max: number, where: string): number {
  const value = /^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max)) throw invalid(`${where} is ${JSON.stringify(text)}, not a number from 0 to ${max}`);
  return value;
}

/** "X.Y.Z" without leading zeros; each part is one byte of GNP 0F/1E. */
export function versionOf(text: string, where: string): string {
  const parts = text.split('.');
  if (parts.length !== 3 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    throw invalid(`${where} is ${JSON.stringify(text)}, not three numbers from 0 to 255 with dots between`);
  return parts.map(Number).join('.');
}
