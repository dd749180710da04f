const graceMs = 1000;

/** A name server or a driver that hangs would keep the process for minutes after its answer was given: it ends with `code` a second later. */
export function endSoon(code: number): number {
  setTimeout(() => process.exit(code), graceMs).unref();
  return code;
}
