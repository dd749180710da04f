/** What anybody in range may call a headset, without control and format characters; null where nothing is left. */
export function shownName(name: string): string | null {
  const shown = name.replaceAll(/\p{C}/gu, '').trim();
  return shown === '' ? null : shown;
}
