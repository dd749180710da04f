/** Calls back after the code that runs now, in the order of the calls. An error of the callback is an unhandled rejection, not its caller's. */
export function soon(callback: () => void): void {
  void (async () => {
    await Promise.resolve();
    callback();
  })();
}
