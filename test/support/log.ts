import type { Log } from '../../src/interfaces/log.ts';

/** Hands every line on, whatever its level. */
export const logBy = (say: (text: string) => void): Log => ({
  info: say,
  debug: say,
  notice: say,
  warning: say,
  error: say,
  group: (_, body) => body(),
});

export const QUIET: Log = logBy(() => undefined);
