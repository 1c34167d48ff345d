import type { ActionContext } from '../../runtime/action.ts';
import { writeCaches } from './kept-cache.ts';
import { createBuilder } from './tools.ts';

/** Writes the build cache of what passed, then removes the builder that the main step created. */
export async function afterBuild(context: ActionContext): Promise<void> {
  try {
    await writeCaches(context);
  } finally {
    await removeBuilder(context);
  }
}

async function removeBuilder(context: ActionContext): Promise<void> {
  const made = context.state.getJson<{ name: string; env: Record<string, string> }>('builder');
  if (made === undefined) return;
  await createBuilder(context, made.env).remove(made.name);
  context.log.info(`Removed the builder ${made.name}`);
}
