#!/usr/bin/env node
await import('../dist/bundle/jabra-agent.js');
