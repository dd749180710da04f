import { useAnnounce } from '@fluentui/react-components';
import { useEffect, useRef } from 'react';
import type { AppState } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { type Said, whatToSay } from '../model/announcements.ts';

/** Tells a screen reader what changed between two states of main. */
export function Announcements() {
  const { state, words } = useApp();
  const { announce } = useAnnounce();
  const before = useRef<AppState | null>(null);
  useEffect(() => {
    const said: readonly Said[] = before.current ? whatToSay(before.current, state, words) : [];
    before.current = state;
    for (const { text, isUrgent } of said) announce(text, { alert: isUrgent, polite: !isUrgent });
  }, [announce, state, words]);
  return null;
}
