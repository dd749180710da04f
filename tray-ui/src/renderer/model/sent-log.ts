import type { PolicyView, SentEntry } from '../../bridge/index.ts';
import { type Calendar, dayNumber } from './time.ts';

export type GateState = 'sent' | 'sentWithApp' | 'notSent' | 'notAnyMore';
type Gate = 'device' | 'computer' | 'userName' | 'location';

/** Never "not sent" for a group that the log has: switched off since, it is "not any more". */
export function sentGates(entries: readonly SentEntry[], policy: PolicyView): { readonly gate: Gate; readonly state: GateState }[] {
  const wasSent = (gate: Gate) => entries.some(({ groups }) => groups.includes(gate));
  const others = (['computer', 'userName', 'location'] as const).map((gate) => {
    if (wasSent(gate)) return { gate, state: policy.metadata[gate] ? ('sent' as const) : ('notAnyMore' as const) };
    return { gate, state: 'notSent' as const };
  });
  return [{ gate: 'device', state: wasSent('device') ? 'sentWithApp' : 'notSent' }, ...others];
}

/** Newest day first, as the calendar on the wall counts days. */
export function sentDays(
  entries: readonly SentEntry[],
  { now, timeZone }: Calendar,
): { readonly day: number; readonly isToday: boolean; readonly entries: readonly SentEntry[] }[] {
  const zone = timeZone === undefined ? {} : { timeZone };
  const days = new Map<number, SentEntry[]>();
  for (const entry of entries.toSorted((a, b) => b.at - a.at)) {
    const day = dayNumber(entry.at, zone);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  const today = dayNumber(now, zone);
  return [...days].map(([day, ofDay]) => ({ day: ofDay[0]?.at ?? 0, isToday: day === today, entries: ofDay }));
}
