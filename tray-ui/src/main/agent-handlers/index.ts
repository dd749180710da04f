export * from './agent-handlers.ts';
