// Loaded before the tray app: its agent runs in the app's own process instead of a utility process. Only to measure what that one costs; a fault of a
// library would end the app as well.
const { EventEmitter } = require('node:events');
const path = require('node:path');
const electron = require('electron');

electron.utilityProcess.fork = (entry, words) => {
  const child = new EventEmitter();
  const port = new EventEmitter();
  child.pid = process.pid;
  child.postMessage = (message) => setImmediate(() => port.emit('message', { data: structuredClone(message) }));
  port.postMessage = (message) => setImmediate(() => child.emit('message', structuredClone(message)));
  process.parentPort = port;
  // Where it looks for its words.
  process.argv = [process.argv[0], entry, ...words];
  require(path.join(path.dirname(entry), 'agent/jabra-agent-child.cjs'));
  return child;
};
