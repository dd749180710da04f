/** What it gives does `work` now, or, where that is under way, once more after it, however often it was asked meanwhile. `work` must not reject. */
export function oneAtATime(work: () => Promise<void>): () => void {
  let phase: 'idle' | 'busy' | 'again' = 'idle';
  const ask = (): void => {
    if (phase !== 'idle') {
      phase = 'again';
      return;
    }
    phase = 'busy';
    void work().then(() => {
      const isAsked = phase === 'again';
      phase = 'idle';
      if (isAsked) ask();
    });
  };
  return ask;
}
