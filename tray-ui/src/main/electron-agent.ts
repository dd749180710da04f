import { utilityProcess } from 'electron';
import type { AgentProcess } from './agent/agent-process.ts';

/** Of what a program says on standard error, so much of the end tells why it died. */
const lastWordsCharacters = 2000;
/** What is still in the pipe when a program has ended is there within this time. */
const restMs = 500;

/**
 * Starts the agent's program in a process of its own, which Chromium ends when this one ends, however that happens. What it says on standard error is said
 * here; `onLastWords` gets the end of it when the program has ended, since a crash of native code is written nowhere else.
 */
export function startAgentProcess(entry: string, words: readonly string[], onLastWords: (text: string) => void): AgentProcess {
  const child = utilityProcess.fork(entry, [...words], { serviceName: 'Jabra agent', stdio: ['ignore', 'inherit', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    process.stderr.write(bytes);
    said = (said + bytes.toString()).slice(-lastWordsCharacters);
  });
  // The code says nothing: Electron gives 0 for some that were killed. The end of the stream is told before, after, or never.
  child.once('exit', () => {
    setTimeout(() => {
      if (said !== '') onLastWords(said);
    }, restMs);
  });
  const closed: (() => void)[] = [];
  child.once('exit', () => {
    for (const listener of closed) listener();
  });
  return {
    get pid() {
      return child.pid;
    },
    pipe: {
      send: (message) => {
        // A port between processes of one program: there is no origin.
        // oxlint-disable-next-line unicorn/require-post-message-target-origin
        child.postMessage(message);
      },
      onMessage: (listener) => {
        child.on('message', listener);
        return () => {
          child.off('message', listener);
        };
      },
      onClosed: (listener) => {
        closed.push(listener);
      },
    },
    onExit: (listener) => {
      child.once('exit', listener);
    },
    kill: () => {
      // Electron's own kill asks where the system can ask; whoever calls this has done so.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}
