import { describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../testing/manual-clock.ts';
import { PlayedAgent, playedState as local } from '../testing/played-agent.ts';
import { AgentSupervisor } from './supervisor.ts';

function supervised() {
  const clock = new ManualClock();
  const started: PlayedAgent[] = [];
  const supervisor = new AgentSupervisor({
    start: () => {
      const agent = new PlayedAgent();
      started.push(agent);
      return agent;
    },
    clock,
    log: () => undefined,
  });
  supervisor.start();
  const last = (): PlayedAgent => {
    const agent = started.at(-1);
    if (!agent) throw new Error('none was started');
    return agent;
  };
  return { clock, started, supervisor, last };
}

describe('the supervisor of the agent', () => {
  it('knows what a working agent says, and its changes', async () => {
    const { supervisor, last } = supervised();
    expect(supervisor.view).toEqual({ process: { state: 'starting' }, local: null });
    await last().ready();
    expect(supervisor.view).toMatchObject({ process: { state: 'running' }, local: { clientId: 'c1' } });
    last().say({ event: 'changed', payload: {} });
    await settled();
    expect(last().asked).toEqual(['state', 'state']);
  });

  it('starts one that crashed again, later each time, and says so only when it goes on', async () => {
    const { clock, started, supervisor, last } = supervised();
    const waits: number[] = [];
    for (let crash = 1; crash <= 6; crash += 1) {
      await last().ready();
      last().end(139);
      expect(supervisor.view.local).toBeNull();
      expect(supervisor.view.process.state).toBe(crash <= 2 ? 'starting' : 'stopped');
      const before = started.length;
      let waited = 0;
      while (started.length === before) {
        await clock.pass(500);
        waited += 500;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([1_000, 2_000, 5_000, 15_000, 60_000, 60_000]);
  });

  it('forgets the crashes of one that worked for long', async () => {
    const { clock, started, supervisor, last } = supervised();
    for (const _ of [1, 2, 3]) {
      last().end(1);
      await clock.pass(60_000);
    }
    await last().ready();
    await clock.pass(120_000);
    last().end(1);
    expect(supervisor.view.process).toEqual({ state: 'starting' });
    await clock.pass(1_000);
    expect(started).toHaveLength(5);
  });

  it('stands by while the agent of another session works, and shows nothing of before', async () => {
    const { clock, started, supervisor, last } = supervised();
    last().say({ event: 'standby', payload: {} });
    await settled();
    expect(supervisor.view).toEqual({ process: { state: 'standby' }, local: null });
    // It waits as long as it takes.
    await clock.pass(3_600_000);
    expect(started).toHaveLength(1);
    expect(last().wasKilled).toBe(false);
    await last().ready();
    expect(supervisor.view).toMatchObject({ process: { state: 'running' }, local });
    last().say({ event: 'standby', payload: {} });
    await settled();
    expect(supervisor.view).toEqual({ process: { state: 'standby' }, local: null });
  });

  it('is ended in order while it stands by', async () => {
    const { supervisor, last } = supervised();
    last().say({ event: 'standby', payload: {} });
    await settled();
    await supervisor.stop();
    expect(last().asked).toEqual(['stop']);
    expect(last().wasKilled).toBe(false);
  });

  it('says what the agent says of a configuration that cannot be used', async () => {
    const { supervisor, last } = supervised();
    last().say({ event: 'failed', payload: { code: 'configuration', problems: ['the file is missing'] } });
    await settled();
    last().end(2);
    expect(supervisor.view.process).toEqual({ state: 'stopped', code: 'configuration', problems: ['the file is missing'] });
  });

  it('ends one that never says that it works', async () => {
    const { clock, started, last } = supervised();
    const first = last();
    await clock.pass(60_000);
    expect(first.wasKilled).toBe(true);
    await clock.pass(1_000);
    expect(started).toHaveLength(2);
  });

  it('ends it in order, and by force where it does not', async () => {
    const inOrder = supervised();
    await inOrder.last().ready();
    await inOrder.supervisor.stop();
    expect(inOrder.last()).toMatchObject({ wasKilled: false, asked: ['state', 'stop'] });
    await inOrder.clock.pass(600_000);
    expect(inOrder.started).toHaveLength(1);

    const stubborn = supervised();
    await stubborn.last().ready();
    stubborn.last().answersStop = false;
    const stopped = stubborn.supervisor.stop();
    await stubborn.clock.pass(5_500);
    await stopped;
    expect(stubborn.last().wasKilled).toBe(true);
  });

  it('refuses calls while there is none', async () => {
    const { supervisor } = supervised();
    await expect(supervisor.call('state', {})).rejects.toMatchObject({ code: 'closed' });
  });

  it('goes on where the program cannot even be started', async () => {
    const clock = new ManualClock();
    let tries = 0;
    const supervisor = new AgentSupervisor({
      start: () => {
        tries += 1;
        throw new Error('no such file');
      },
      clock,
      log: () => undefined,
    });
    supervisor.start();
    await clock.pass(3_000);
    expect(tries).toBe(3);
    expect(supervisor.view.process).toMatchObject({ state: 'stopped', code: 'fault' });
  });
});
