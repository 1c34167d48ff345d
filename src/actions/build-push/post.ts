import type { ActionContext } from '../../runtime/action.ts';
import { createBuilder } from './tools.ts';

/** Removes the builder that the main step created. */
export async function removeBuilder(context: ActionContext): Promise<void> {
  const made = context.state.getJson<{ name: string; env: Record<string, string> }>('builder');
  if (made === undefined) return;
  await createBuilder(context, made.env).remove(made.name);
  context.log.info(`Removed the builder ${made.name}`);
}
