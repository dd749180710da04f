import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openParentPipe, type ParentProcess } from './parent-pipe.ts';

const bare = (): EventEmitter => new EventEmitter();

describe('the pipe to the program that started this one', () => {
  it('is none where nobody did', () => {
    // A process that was started by hand has neither.
    expect(openParentPipe(bare())).toBeNull();
  });

  it('is the IPC channel of a forked process, until that closes', () => {
    const sent: unknown[] = [];
    const own = Object.assign(bare(), { connected: true, send: (message: unknown) => sent.push(message) > 0 });
    const pipe = openParentPipe(own);
    const heard: unknown[] = [];
    let closed = 0;
    const end = pipe?.onMessage((message) => heard.push(message));
    pipe?.onClosed(() => {
      closed += 1;
    });
    pipe?.send({ a: 1 });
    own.emit('message', { b: 2 });
    end?.();
    own.emit('message', { c: 3 });
    own.connected = false;
    own.emit('disconnect');
    pipe?.send({ d: 4 });
    expect(sent).toEqual([{ a: 1 }]);
    expect(heard).toEqual([{ b: 2 }]);
    expect(closed).toBe(1);
  });

  it('survives that the other side goes while it is spoken to', () => {
    // As Node does it: a failure goes to the callback, and without one it is an error event, which nobody hears.
    const own = Object.assign(bare(), {
      connected: true,
      send: (_message: unknown, onSent?: (error: Error | null) => void) => {
        const broken = new Error('write EPIPE');
        if (onSent) onSent(broken);
        else own.emit('error', broken);
        return false;
      },
    });
    const pipe = openParentPipe(own);
    expect(() => pipe?.send({ a: 1 })).not.toThrow();
  });

  it('is the parent port of a utility process, whose messages come wrapped', () => {
    const sent: unknown[] = [];
    const port = Object.assign(bare(), { postMessage: (message: unknown) => void sent.push(message) });
    const own: ParentProcess = Object.assign(bare(), { parentPort: port });
    const pipe = openParentPipe(own);
    const heard: unknown[] = [];
    const end = pipe?.onMessage((message) => heard.push(message));
    pipe?.send({ a: 1 });
    port.emit('message', { data: { b: 2 }, ports: [] });
    end?.();
    port.emit('message', { data: { c: 3 }, ports: [] });
    expect(sent).toEqual([{ a: 1 }]);
    expect(heard).toEqual([{ b: 2 }]);
  });
});
