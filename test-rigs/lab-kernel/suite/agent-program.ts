import { RunningProgram } from '../../lab/processes.ts';

/** `jabra-agent` in the guest. */
export const agentProgram = '/run/programs/jabra-agent.mjs';

export const runAgent = (configurationFile: string, loginSession: string): RunningProgram =>
  RunningProgram.start(process.execPath, [agentProgram, 'run', '--config', configurationFile, '--login-session', loginSession]);

/** Node compiles the whole of a program before it says its first word, under emulation, on a machine that may have other work. */
export const startMs = 150_000;
