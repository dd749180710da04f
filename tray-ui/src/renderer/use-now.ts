import { useEffect, useState } from 'react';

/** The time, read again every second while something on the page counts. */
export function useNow(clock: () => number, isCounting: boolean): number {
  const [now, setNow] = useState(clock);
  useEffect(() => {
    if (!isCounting) return undefined;
    const timer = window.setInterval(() => setNow(clock()), 1000);
    return () => window.clearInterval(timer);
  }, [clock, isCounting]);
  return isCounting ? now : clock();
}
