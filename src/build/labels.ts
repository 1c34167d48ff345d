import { ConfigurationError } from '../interfaces/errors.ts';
import { asRecord, pairsOf, pairsOfKey } from './pairs.ts';

/** A name as the image specification has them: no spaces, no quotes. */
const NAME = /^[A-Za-z0-9][\w./-]*$/;
/** docker's action names what is annotated before the name. */
const LEVELS = /^(?:(?:manifest|index)(?:,(?:manifest|index))*):/;
const OTHER_LEVELS = /^[a-z-]+(?:\[[^\]]*\])?(?:,[a-z-]+(?:\[[^\]]*\])?)*:/;

/** Lines `name=value`. Throws ConfigurationError. */
export const parseLabels = (text: string, where: string): Record<string, string> => checked(asRecord(pairsOf(text, where)), where);

/** A map, a list, or lines. Throws ConfigurationError. */
export const imageLabels = (value: unknown, where: string): Record<string, string> => checked(asRecord(pairsOfKey(value, where)), where);

/** As labels; `manifest:`, `index:` or both may stand before a name. */
export const parseAnnotations = (text: string, where: string): Record<string, string> => annotations(asRecord(pairsOf(text, where)), where);

export const imageAnnotations = (value: unknown, where: string): Record<string, string> =>
  annotations(asRecord(pairsOfKey(value, where)), where);

function checked(labels: Record<string, string>, where: string): Record<string, string> {
  for (const name of Object.keys(labels)) refuseName(name, where);
  return labels;
}

function annotations(given: Record<string, string>, where: string): Record<string, string> {
  for (const name of Object.keys(given)) {
    const bare = name.replace(LEVELS, '');
    if (bare === name && OTHER_LEVELS.test(name)) {
      throw new ConfigurationError(`${where}: "${name}" is for a level that is not there (allowed: manifest:, index:, manifest,index:)`);
    }
    refuseName(bare, where);
  }
  return given;
}

function refuseName(name: string, where: string): void {
  if (NAME.test(name)) return;
  throw new ConfigurationError(`${where}: "${name}" is not a name`, { hint: 'for example org.opencontainers.image.title=Todo' });
}
