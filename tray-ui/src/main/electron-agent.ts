import { utilityProcess } from 'electron';
import type { AgentProcess } from './agent/agent-process.ts';

/** Starts the agent's program in a process of its own, which Chromium ends when this one ends, however that happens. */
export function startAgentProcess(entry: string, words: readonly string[]): AgentProcess {
  const child = utilityProcess.fork(entry, [...words], { serviceName: 'Jabra agent', stdio: 'inherit' });
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
