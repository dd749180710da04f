import type { HidChannel, HidPort } from '@jpd/protocol';

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

function pacedChannel(channel: HidChannel, reportMs: number): HidChannel {
  let last: Promise<void> = Promise.resolve();
  return {
    descriptor: channel.descriptor,
    isVirtual: channel.isVirtual ?? false,
    write: (report) => {
      const sent = last.then(async () => {
        await pause(reportMs);
        await channel.write(report);
      });
      // What follows waits for its turn, not for its success.
      last = sent.catch(() => undefined);
      return sent;
    },
    onReport: (listener) => channel.onReport(listener),
    onClosed: (listener) => channel.onClosed(listener),
    close: () => channel.close(),
  };
}

/** A port whose reports leave one after another, each after `reportMs` of real time, as an interrupt endpoint takes one report for each poll. */
export function pacedPort(port: HidPort, reportMs: number): HidPort {
  return {
    list: (vendorId) => port.list(vendorId),
    onChange: (listener) => port.onChange(listener),
    open: async (info) => pacedChannel(await port.open(info), reportMs),
    close: () => port.close(),
  };
}
