// Stays, and does nothing.
process.parentPort.on('message', () => undefined);
