import { describe, expect, it } from 'vitest';
import { Listeners } from './listeners.ts';

describe('a list of listeners', () => {
  it('calls everybody with what is told, in the order they came', () => {
    const listeners = new Listeners<[number, string]>();
    const heard: string[] = [];
    listeners.add((number, text) => heard.push(`first ${number} ${text}`));
    listeners.add((number, text) => heard.push(`second ${number} ${text}`));
    listeners.emit(1, 'a');
    expect(heard).toEqual(['first 1 a', 'second 1 a']);
  });

  it('keeps two subscriptions of one function apart', () => {
    const listeners = new Listeners<[]>();
    let calls = 0;
    const listener = (): void => {
      calls += 1;
    };
    const end = listeners.add(listener);
    listeners.add(listener);
    listeners.emit();
    expect(calls).toBe(2);
    end();
    end();
    listeners.emit();
    expect(calls).toBe(3);
  });

  it('does not call one that ended while the others were called', () => {
    const listeners = new Listeners<[]>();
    const heard: string[] = [];
    listeners.add(() => {
      heard.push('first');
      endSecond();
    });
    const endSecond = listeners.add(() => heard.push('second'));
    listeners.emit();
    expect(heard).toEqual(['first']);
  });
});
