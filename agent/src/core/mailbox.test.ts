import { describe, expect, it } from 'vitest';
import { Mailbox } from './mailbox.ts';

const gate = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

describe('a mailbox', () => {
  it('runs one task at a time, in order', async () => {
    const mailbox = new Mailbox(() => undefined);
    const { open, opened } = gate();
    const steps: string[] = [];
    void mailbox.post(async () => {
      steps.push('first begins');
      await opened;
      steps.push('first ends');
    });
    const second = mailbox.post(() => {
      steps.push('second');
    });
    await Promise.resolve();
    expect(steps).toEqual(['first begins']);
    open();
    await second;
    expect(steps).toEqual(['first begins', 'first ends', 'second']);
  });

  it('reports a task that fails, thrown or rejected, and goes on', async () => {
    const errors: unknown[] = [];
    const mailbox = new Mailbox((error) => errors.push(error));
    await mailbox.post(() => {
      throw new Error('thrown');
    });
    await mailbox.post(() => Promise.reject(new Error('rejected')));
    let ran = false;
    await mailbox.post(() => {
      ran = true;
    });
    expect(ran).toBe(true);
    expect(errors).toEqual([new Error('thrown'), new Error('rejected')]);
  });

  it('is idle when everything posted so far is done', async () => {
    const mailbox = new Mailbox(() => undefined);
    const { open, opened } = gate();
    let idle = false;
    void mailbox.post(() => opened);
    const waiting = mailbox.idle().then(() => {
      idle = true;
    });
    await Promise.resolve();
    expect(idle).toBe(false);
    open();
    await waiting;
    expect(idle).toBe(true);
  });
});
