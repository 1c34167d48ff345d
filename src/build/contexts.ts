import { ConfigurationError } from '../interfaces/errors.ts';
import { asRecord, pairsOf, pairsOfKey } from './pairs.ts';

const NAME = /^[a-z0-9][\w./:@-]*$/i;
const REMOTE = /^(?:docker-image|oci-layout|https|ssh|git):\/\/\S+$|^git@\S+$/;

/** Whether a build context is not a folder of the workspace. */
export const isRemote = (context: string): boolean => REMOTE.test(context);

/** Build contexts of the input: lines `name=folder` or `name=docker-image://…`. Throws ConfigurationError. */
export const parseContexts = (text: string, where: string): Record<string, string> => checked(asRecord(pairsOf(text, where)), where);

/** Build contexts of an image: a map, a list, or lines. Throws ConfigurationError. */
export const imageContexts = (value: unknown, where: string): Record<string, string> => checked(asRecord(pairsOfKey(value, where)), where);

const ALLOWED = 'a folder of the workspace, docker-image://…, oci-layout://…, or https://… of a Git repository or archive';

function checked(contexts: Record<string, string>, where: string): Record<string, string> {
  for (const [name, context] of Object.entries(contexts)) {
    if (!NAME.test(name)) throw new ConfigurationError(`${where}: "${name}" is not the name of a context`, { hint: 'for example shared' });
    if (context.trim() === '') throw new ConfigurationError(`${where}: "${name}" has no context`, { hint: ALLOWED });
    if (context.includes('://') && !isRemote(context)) {
      throw new ConfigurationError(`${where}: "${name}" is "${context}": not a build context (allowed: ${ALLOWED})`);
    }
  }
  return contexts;
}
