import type { Log } from '../interfaces/log.ts';
import { messageOf } from '../interfaces/values.ts';

/**
 * Nothing but our log writes to the standard streams. Node prints warnings, and errors that nobody caught, as they stand: at column 0, where their
 * text can command the runner, and with what the log would hide.
 */
export function onlyOurs(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => log.debug(`${name}: ${message}`));
  process.on('uncaughtException', (error) => {
    log.error(`Unexpected error, please report it: ${messageOf(error)}`);
    if (error instanceof Error && error.stack !== undefined) log.debug(error.stack);
    process.stdout.write('', () => process.exit(1));
  });
}
