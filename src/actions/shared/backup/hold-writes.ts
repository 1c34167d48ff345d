import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';

/** Throws ConfigurationError where it could mean nothing. */
export function readHoldWrites(inputs: ActionContext['inputs'], mode: string): boolean {
  const hold = inputs.boolean('hold-writes', false);
  if (!hold || mode === 'into') return hold;
  throw new ConfigurationError(`Input "hold-writes" is for mode "into", and the mode is "${mode}"`, {
    hint: 'cut-over and undo end it by themselves.',
  });
}
