import { DeployError, ToolError } from '../interfaces/errors.ts';
import type { Registry } from '../interfaces/registry.ts';

/**
 * Asks for the right to every repository, without changing anything: before minutes of building, not after them. Throws the first refusal, with
 * the number of others.
 */
export async function requireRights(
  repositories: readonly string[],
  action: 'pull' | 'push',
  registry: Registry,
  signal?: AbortSignal,
): Promise<void> {
  const results = await Promise.allSettled(repositories.map((repository) => registry.authorize(repository, action, signal)));
  signal?.throwIfAborted();
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const [first] = errors;
  if (first === undefined) return;
  if (errors.length === 1 || !(first instanceof DeployError)) throw first;
  throw new ToolError(`${first.message} (and ${errors.length - 1} more)`, { reason: first.reason, hint: first.hint, cause: first });
}
