import { createContext, useContext } from 'react';
import type { AppState, Bridge, DeviceTab, Page } from '../bridge/index.ts';
import type { Calendar } from './model/time.ts';
import type { Words } from './words/words.ts';

/** Where the window is. */
export interface Place {
  readonly page: Page;
  readonly deviceId: string | null;
  readonly tab: DeviceTab | null;
}

export interface AppTools {
  readonly state: AppState;
  readonly bridge: Bridge;
  readonly words: Words;
  readonly calendar: Calendar;
  readonly place: Place;
  /** The person has moved in this window: a page that comes takes the focus. */
  readonly hasMoved: boolean;
  readonly go: (place: Place) => void;
  readonly back: () => void;
}

export const AppContext = createContext<AppTools | null>(null);

export function useApp(): AppTools {
  const tools = useContext(AppContext);
  if (!tools) throw new Error('a part of the app is shown outside of App');
  return tools;
}
