import { HttpError } from '../../interfaces/errors.ts';
import type { Run } from './run.ts';

const NOTE = 'Not checked, since the account may not read it: ';

/** An optional read of a deploy: where the account may not, a note in the report says what was not checked. */
export async function ifReadable<T>({ report }: Pick<Run, 'report'>, what: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 403) throw error;
    // One note for all of them.
    const at = report.notes.findIndex((note) => note.startsWith(NOTE));
    if (at < 0) report.notes.push(`${NOTE}${what}`);
    else if (!report.notes[at]?.includes(what)) report.notes[at] += `; ${what}`;
    return undefined;
  }
}
