import type { LocalPipe } from '@jpd/agent/local';
import type { AgentProcess } from '../agent/agent-process.ts';
import { localState } from '../app-state/testing/local-states.ts';
import { settled } from './manual-clock.ts';

/** What a played agent says of itself. */
export const playedState = localState({ clientId: 'c1' });

/** A program of an agent, played by the test. It answers `state` and `stop`, and `answers` the rest. */
export class PlayedAgent implements AgentProcess {
  readonly pid = 7;
  readonly asked: string[] = [];
  wasKilled = false;
  answersStop = true;
  /** Null: it is not answered. */
  answers: (call: string) => object | null = () => null;
  #hear: (message: unknown) => void = () => undefined;
  #closed: () => void = () => undefined;
  readonly #exits: ((code: number | null) => void)[] = [];
  readonly pipe: LocalPipe = {
    send: (message) => {
      const { id, call } = message as { readonly id: number; readonly call: string };
      this.asked.push(call);
      if (call === 'state') this.say({ id, ok: true, result: playedState });
      else if (call === 'stop' && this.answersStop) {
        this.say({ id, ok: true, result: null });
        this.end(0);
      } else {
        const answer = this.answers(call);
        if (answer) this.say({ id, ...answer });
      }
    },
    onMessage: (listener) => {
      this.#hear = listener;
      return () => undefined;
    },
    onClosed: (listener) => {
      this.#closed = listener;
    },
  };

  say(message: unknown): void {
    queueMicrotask(() => {
      this.#hear(message);
    });
  }

  ready(): Promise<void> {
    this.say({ event: 'ready', payload: { version: '0.1.0' } });
    return settled();
  }

  onExit(listener: (code: number | null) => void): void {
    this.#exits.push(listener);
  }

  end(code: number | null): void {
    this.#closed();
    for (const exit of this.#exits) exit(code);
  }

  kill(): void {
    this.wasKilled = true;
    this.end(null);
  }
}
