/** What a test changes of the options of a connect; the shape is that of the agent's port. */
const DEFAULTS = {
  version: 5 as 5 | 4,
  clientId: 'client-1',
  userName: 'org-1/client-1',
  password: 'token-1' as string | null,
  will: { topic: 'jabra/v1/org-1/client-1/presence', payload: '{"state":"offline"}', retain: false },
  willDelaySeconds: 0,
  sessionExpirySeconds: 3600,
  receiveMaximum: 32,
  keepAliveSeconds: 60,
};

export interface LinkTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** Options of an attempt to connect to `url`, by default with MQTT 5 as `client-1`. */
export function connectOptions(url: string, { tls = {}, ...changes }: Partial<typeof DEFAULTS> & { readonly tls?: LinkTls } = {}) {
  return { ...DEFAULTS, ...changes, url, tls: { caFile: tls.caFile ?? null, certFile: tls.certFile ?? null, keyFile: tls.keyFile ?? null } };
}

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: unknown;
}

/** A log that keeps its lines. */
export function recordingLog() {
  const lines: Line[] = [];
  const at =
    (level: string) =>
    (message: string, fields?: unknown): void => {
      lines.push({ level, message, fields });
    };
  const log = { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), setLevel: () => undefined, child: () => log, lines };
  return log;
}

/** A clock that moves when told to. */
export function manualClock(startsAt = 0) {
  let now = startsAt;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    now: () => now,
    monotonic: () => now,
    setTimer(milliseconds: number, callback: () => void) {
      const timer = { at: now + milliseconds, callback };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance(milliseconds: number) {
      now += milliseconds;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.callback();
      }
    },
    /** How many timers run. */
    waiting: () => timers.size,
  };
}

/** Ends what was begun, last first: `afterEach(cleanup.run)`. */
export function cleanup() {
  const steps: (() => Promise<void> | void)[] = [];
  return {
    add<T>(thing: T, end: (thing: T) => Promise<void> | void): T {
      steps.push(() => end(thing));
      return thing;
    },
    async run(): Promise<void> {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) await step();
    },
  };
}
