import { type Ended, RunningProgram } from './processes.ts';
import { findProgram } from './find-program.ts';
import { requirement } from './requirements.ts';

type Tool = 'mosquitto_pub' | 'mosquitto_sub';

/** Broker and the command-line clients of the same project: a platform can be played without a line of our code. */
export const mosquittoTools = requirement(
  'mosquitto and its clients',
  () => ['mosquitto', 'mosquitto_pub', 'mosquitto_sub'].every((name) => findProgram(name) !== undefined),
  'apt-get install mosquitto mosquitto-clients',
);

/** One of the clients, with MQTT 5 and QoS 1. */
export function startTool(tool: Tool, port: number, userName: string, args: readonly string[]): RunningProgram {
  const file = findProgram(tool);
  if (file === undefined) throw new Error(`${tool} is not installed`);
  return RunningProgram.start(file, ['-V', '5', '-h', '127.0.0.1', '-p', String(port), '-u', userName, '-q', '1', ...args]);
}

/** Runs one to its end. Rejects where it fails. */
export async function runTool(tool: Tool, port: number, userName: string, args: readonly string[]): Promise<Ended> {
  const ended = await startTool(tool, port, userName, args).ended;
  if (ended.code !== 0) throw new Error(`${tool} ended with ${ended.code}: ${ended.err}`);
  return ended;
}
