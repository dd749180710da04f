/** The agent's log: winston behind the port, with rotation, redaction and no way to fail. */
export { type AgentLog, createLog, type LogOptions } from './create-log.ts';
