import { closest } from '../../interfaces/closest.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';

interface Options {
  /** What an input of another action is called here; undefined where it is not known. */
  answer?: (name: string) => string | undefined;
  /** Names that were asked for, where they are not those of the context's own inputs. */
  known?: () => readonly string[];
}

/**
 * Reads an action's inputs, and refuses one that the action does not have but that was surely meant: another action's, or a slip. GitHub only warns of
 * such a name, and the default would count. Any other unknown name is a warning. Throws ConfigurationError.
 */
export function readKnown<T>({ inputs, log }: Pick<ActionContext, 'inputs' | 'log'>, read: () => T, options: Options = {}): T {
  const { answer = () => undefined, known = () => inputs.read } = options;
  for (const name of inputs.given) {
    const todo = answer(name);
    if (todo !== undefined) throw new ConfigurationError(`Input "${name}" is not one of this action`, { hint: todo });
  }
  const unknown = (): string[] => {
    const names = new Set(known().map((name) => name.toLowerCase()));
    return inputs.given.filter((name) => !names.has(name));
  };
  let result: T;
  try {
    result = read();
  } catch (error) {
    // What is missing may be there under a wrong name. Inputs that come after it were not asked for yet.
    const missing = known().filter((name) => !inputs.given.includes(name.toLowerCase()));
    refuseSlips(unknown(), missing);
    throw error;
  }
  refuseSlips(unknown(), known());
  for (const name of unknown()) log.warning(`Input "${name}" is not one of this action: it changes nothing`);
  return result;
}

function refuseSlips(unknown: readonly string[], known: readonly string[]): void {
  for (const name of unknown) {
    const meant = closest(name, known);
    if (meant === undefined) continue;
    throw new ConfigurationError(`Input "${name}" is not one of this action; did you mean "${meant}"?`, {
      hint: `write ${meant}: under "with:" of this step`,
    });
  }
}
