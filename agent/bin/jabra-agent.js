#!/usr/bin/env node
await import('../dist/cli/jabra-agent.js');
