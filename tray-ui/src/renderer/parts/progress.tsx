import { ProgressBar } from '@fluentui/react-components';
import { useState } from 'react';
import type { FirmwareActivity } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { type TimeLeft, timeLeft } from '../model/time-left.ts';

/** What is left, held against what was shown before. */
export function useTimeLeftText(activity: FirmwareActivity | null): string {
  const { words, calendar } = useApp();
  const [shown, setShown] = useState<TimeLeft | null>(null);
  if (!activity) return '';
  const left = timeLeft(activity, calendar.now, shown);
  if (!isSame(left, shown)) setShown(left);
  if (left.kind === 'minutes') return words.t('fw.left.minutes', { count: left.minutes });
  return words.t(left.kind === 'working' ? 'fw.left.working' : 'fw.left.under');
}

/** `value` 0 to 1; an undefined value is a bar without a known end. */
export function Bar({ label, value }: { readonly label: string; readonly value: number | undefined }) {
  return <ProgressBar className="bar" thickness="large" aria-label={label} {...(value === undefined ? {} : { value })} />;
}

const isSame = (one: TimeLeft, other: TimeLeft | null): boolean =>
  one.kind === other?.kind && (one.kind !== 'minutes' || other.kind !== 'minutes' || one.minutes === other.minutes);
