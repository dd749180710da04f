import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { Rest } from './rest.ts';

function resting() {
  const clock = new VirtualClock();
  const story: string[] = [];
  const rest = new Rest({
    clock,
    leave: async () => {
      story.push('leaves');
      await new Promise<void>((resolve) => clock.setTimer(1000, resolve));
      story.push('left');
    },
    comeBack: () => void story.push('comes back'),
    lookAfter: () => void story.push('looks after'),
  });
  return { clock, story, rest };
}

describe('what is done about sleep', () => {
  it('goes before it comes, however fast it is told of both', async () => {
    const { clock, story, rest } = resting();
    void rest.suspending();
    rest.resumed();
    rest.resumed();
    await clock.advance(120_000);
    expect(story).toEqual(['leaves', 'left', 'comes back']);
    expect(rest.isResting).toBe(false);
  });

  it('sleeps again and again', async () => {
    const { clock, story, rest } = resting();
    for (let night = 0; night < 2; night += 1) {
      await clock.complete(rest.suspending());
      rest.resumed();
      await clock.settle();
    }
    expect(story).toEqual(['leaves', 'left', 'comes back', 'leaves', 'left', 'comes back']);
  });

  it('looks after the connection where nobody had said that the PC sleeps', () => {
    const { story, rest } = resting();
    rest.resumed();
    expect(story).toEqual(['looks after']);
  });

  it('does nothing any more after it was stopped', async () => {
    const { clock, story, rest } = resting();
    await clock.complete(rest.suspending());
    rest.stop();
    await clock.advance(120_000);
    rest.resumed();
    await clock.complete(rest.suspending());
    expect(story).toEqual(['leaves', 'left']);
  });
});
