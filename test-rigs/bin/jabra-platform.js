#!/usr/bin/env node
await import('../dist/cli/jabra-platform.js');
