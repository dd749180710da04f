import { createHash } from 'node:crypto';

/** Text without the space around it, null where nothing is left. */
export function textOrNull(value: string | number | null | undefined): string | null {
  const text = String(value ?? '').trim();
  return text === '' ? null : text;
}

/** The usual fillers of firmware whose manufacturer put nothing in. */
const filler =
  /^(to be filled by o\.?e\.?m\.?|default string|(system|chassis) serial number|system manufacturer|not (specified|applicable|available)|none|n\/?a|o\.?e\.?m\.?|invalid|unknown|empty)$/i;

/** A manufacturer or serial number as firmware gives it, null where it is a placeholder, or zeros, dots and the like only. */
export function firmwareText(value: string | number | null | undefined): string | null {
  const text = textOrNull(value);
  if (text === null || filler.test(text) || /^[0\s.\-_xX]+$/.test(text)) return null;
  return text;
}

/** A name for the login session, `[A-Za-z0-9_-]{1,64}`: the same parts give the same name. Hashed, since parts such as a boot id are not to leave the computer. */
export function sessionName(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
