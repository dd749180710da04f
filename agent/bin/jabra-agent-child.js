#!/usr/bin/env node
await import('../dist/cli/jabra-agent-child.js');
