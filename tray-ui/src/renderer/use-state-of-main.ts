import { useEffect, useState } from 'react';
import type { AppState, Bridge } from '../bridge/index.ts';

/** What main shows now; null until its first answer. An event that overtakes the answer wins. */
export function useStateOfMain(bridge: Bridge): AppState | null {
  const [state, setState] = useState<AppState | null>(null);
  useEffect(() => {
    let isHere = true;
    const end = bridge.on('state', (next) => {
      if (isHere) setState(next);
    });
    bridge.call('state', {}).then(
      (first) => {
        if (isHere) setState((known) => known ?? first);
      },
      // Main says what it has with the next event; the page stays in its loading state until then.
      () => undefined,
    );
    return () => {
      isHere = false;
      end();
    };
  }, [bridge]);
  return state;
}
