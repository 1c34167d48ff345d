import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { Paths } from '../../shared/paths.ts';

/** Where people who know Trivy keep what they accept. Trivy takes one file: of YAML, or plain. */
const DEFAULTS = ['.trivyignore.yaml', '.trivyignore.yml', '.trivyignore'];

/**
 * Returns the files with accepted findings, absolute: those of the input, else the one in the root of the workspace. What a stranger's pull request
 * accepts counts in its own run, where nothing is pushed unless told; it is said.
 */
export function readIgnores({ inputs, env, log }: ActionContext): string[] {
  const paths = new Paths(env);
  const named = inputs.list('trivyignores');
  const found = DEFAULTS.filter((name) => statSync(join(env.workspace, name), { throwIfNoEntry: false })?.isFile());
  const used = named.length > 0 ? named : found.slice(0, 1);
  const files = used.map((path) => paths.file(path, named.length > 0 ? 'Input "trivyignores" names' : 'The workspace holds'));
  if (files.length > 1 && used.some((path) => /\.ya?ml$/.test(path))) {
    throw new ConfigurationError('Input "trivyignores" names a YAML file and others', {
      hint: 'name one .trivyignore.yaml, or plain files only',
    });
  }
  const entries = files.reduce((sum, file) => sum + entriesOf(file), 0);
  const what = `${entries} accepted finding${entries === 1 ? '' : 's'}`;
  if (files.length > 0) log.info(`Of ${used.join(', ')}: ${what}`);
  if (named.length === 0 && found.length > 1)
    log.warning(`Trivy takes one file: ${found[0]} counts, ${found.slice(1).join(', ')} does not`);
  if (entries > 0 && !env.isOwnEvent) {
    log.warning(
      `${used.join(', ')} is of a pull request or event that may carry code of people outside of ${env.repository}: ${what} count in this run`,
    );
  }
  return files;
}

/** Lines of a plain file, ids of one of YAML. */
function entriesOf(file: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => (/\.ya?ml$/.test(file) ? /^\s*-?\s*id:/.test(line) : /^\s*[^\s#]/.test(line))).length;
}
