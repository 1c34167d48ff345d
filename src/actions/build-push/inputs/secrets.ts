import { parsePairs } from '../../../build/images.ts';
import type { ActionContext } from '../../../runtime/action.ts';

export interface SecretInputs {
  /** Build secrets, id → value. */
  secrets: Record<string, string>;
}

/** What builds may read and nobody may see. */
export function readSecrets({ inputs, mask }: ActionContext): SecretInputs {
  const lines = inputs.lines('secrets');
  // Masked before they are looked at: a mistake's message may quote no part of them.
  for (const line of lines) mask(line.slice(line.indexOf('=') + 1));
  return { secrets: parsePairs(lines, 'Input "secrets"') };
}
