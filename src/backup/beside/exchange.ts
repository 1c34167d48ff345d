import { BESIDE_SHAPE } from '../layout/documents.ts';
import { exactly, readDocument, text } from '../layout/fields.ts';
import type { Beside } from '../model.ts';

/** Asks the Job of a backup for its id; what goes with the backup is told by a line of its own. Either way one line comes back. */
export const ASKING = 'which backup?\n';
export const TAKEN = 'taken\n';

interface Asked {
  schema: 1;
  backup: string;
}

const askedText = (backup: string): string => `${JSON.stringify({ schema: 1, backup } satisfies Asked)}\n`;

/** Pure: the id of the backup that is under way. Throws where it was cut off. */
export const readAsked = (line: string): string =>
  readDocument<Asked>('What the Job says of its backup', line, { schema: exactly(1), backup: text }).backup;

export const besideText = (backup: string, beside: Beside): string => `${JSON.stringify({ schema: 1, backup, ...beside })}\n`;

/** Pure: what goes with this backup and no other; undefined where the line is anything else. */
function readBeside(backup: string, line: string): Beside | undefined {
  try {
    const shape = { schema: exactly(1), backup: exactly(backup), ...BESIDE_SHAPE };
    const { volumes, velero } = readDocument<Asked & Beside>('What goes with the backup', line, shape);
    return { ...(volumes && { volumes }), ...(velero && { velero }) };
  } catch {
    return undefined;
  }
}

/** What the Job answers to a line, and what it has learned from it; undefined where it is no line for it. */
export function answerTo(backup: string, line: string): { reply: string; learned?: Beside } | undefined {
  if (line === ASKING) return { reply: askedText(backup) };
  const learned = readBeside(backup, line);
  return learned && { reply: TAKEN, learned };
}
