import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';

const ID = /^\d{6,9}-\d{8}T\d{6}Z-[0-9a-f]{6}$/;
const WORDS = ['latest', 'latest-drilled', 'random'];

/** Which backup; names are changed only after that of one that was restored. Throws ConfigurationError. */
export function readFrom(inputs: ActionContext['inputs'], mode: string): string {
  const from = inputs.string('from', { default: mode === 'drill' ? 'latest' : 'latest-drilled', pattern: /^[\w-]+$/ });
  if (ID.test(from)) return from;
  const isById = mode === 'cut-over' || mode === 'undo';
  if (!isById && WORDS.includes(from)) return from;
  throw new ConfigurationError(`Input "from" is "${from}" (allowed: ${[...(isById ? [] : WORDS), 'the id of a backup'].join(', ')})`, {
    hint: 'The output "backup" of the restore is the id.',
  });
}
