#!/usr/bin/env node
await import('../dist/cli/jabra-virtual.js');
