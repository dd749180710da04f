import { RunningProgram } from '../../lab/processes.ts';

/** `jabra-agent` in the guest. */
export const agentProgram = '/run/programs/jabra-agent.mjs';

export const runAgent = (configurationFile: string, loginSession: string): RunningProgram =>
  RunningProgram.start(process.execPath, [agentProgram, 'run', '--config', configurationFile, '--login-session', loginSession]);
