import { type UpdateWindow, type Weekday, weekdays } from '../../contract/index.ts';
import type { LocalTime, LocalTimeAt } from '../../ports/index.ts';

const minuteMs = 60_000;
/** How far ahead an opening is looked for; until then nobody has to look. */
const horizonMinutes = 60;

export interface WindowState {
  readonly isOpen: boolean;
  /** Unix milliseconds: when it opens, or when to ask again where that is more than an hour away. Null where it is open. */
  readonly lookAt: number | null;
}

const minutesOf = (timeOfDay: string): number => Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3));

const dayBefore = (day: Weekday): Weekday | undefined => weekdays.at(weekdays.indexOf(day) - 1);

/** A window over midnight belongs to the day on which it begins; equal times mean that whole day (contract 4). */
function isWithin({ start, end, days }: UpdateWindow, { weekday, minutes }: LocalTime): boolean {
  const [from, to] = [minutesOf(start), minutesOf(end)];
  const isOn = (day: Weekday | undefined): boolean => day !== undefined && (days?.includes(day) ?? true);
  if (from === to) return isOn(weekday);
  if (from < to) return isOn(weekday) && minutes >= from && minutes < to;
  return (isOn(weekday) && minutes >= from) || (isOn(dayBefore(weekday)) && minutes < to);
}

/**
 * Whether updates may start now. Asks for the local time of each minute instead of adding hours to it, so that a night in which clocks are set is like
 * any other: a time that doesn't exist is skipped, one that comes twice counts twice.
 */
export function windowState(window: UpdateWindow | undefined, now: number, localTime: LocalTimeAt): WindowState {
  if (!window || isWithin(window, localTime(now))) return { isOpen: true, lookAt: null };
  const thisMinute = now - (((now % minuteMs) + minuteMs) % minuteMs);
  const later = Array.from({ length: horizonMinutes }, (_, index) => thisMinute + (index + 1) * minuteMs);
  return { isOpen: false, lookAt: later.find((at) => isWithin(window, localTime(at))) ?? thisMinute + horizonMinutes * minuteMs };
}
