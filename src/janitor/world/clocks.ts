import { ToolError } from '../../interfaces/errors.ts';
import type { World } from './model.ts';

/**
 * This machine's clock and the API server's. Whatever is to be over has to be so by all of them: one that is set wrong must not end what is
 * in use. Throws ToolError where the API server does not say what time it is, and what its call throws.
 */
export async function readClocks({ clock, serverTime }: Pick<World, 'clock' | 'serverTime'>): Promise<number[]> {
  const server = await serverTime();
  if (server === undefined) throw new ToolError('The API server did not say what time it is (Date header): nothing is judged by its age');
  return [clock.now(), server];
}
