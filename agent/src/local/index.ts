/** What the agent and its user interface on the same PC say to each other, and the two ends of that. No I/O: the pipe is handed in. */
export * from './check.ts';
export * from './client.ts';
export * from './messages.ts';
export * from './pairing.ts';
export * from './pipe.ts';
export * from './sent.ts';
export * from './serve.ts';
export * from './state.ts';
