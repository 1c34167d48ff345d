import { readFileSync, type Stats, statSync } from 'node:fs';
import { isAskedFor } from '../../../build/secrets.ts';
import type { BuildSecret } from '../../../interfaces/builder.ts';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import { codeOf } from '../../../interfaces/values.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { atLine, requireOnce, type SecretEntry, secretEntries } from '../../../runtime/secret-entries.ts';
import { Paths } from '../../shared/paths.ts';
import type { ImageInputs } from './images.ts';
import { absolute } from './paths.ts';

/** A longer one may be a token in the wrong place; an id stands in the command line. */
const ID = /^[A-Za-z0-9_][\w.-]{0,63}$/;
const VARIABLE = /^[A-Za-z_]\w*$/;
/** BuildKit's own limit. */
const LARGEST = 500 * 1024;

type Context = Pick<ActionContext, 'env' | 'variables' | 'mask' | 'log'>;
type Entry = SecretEntry & { input: string };

/** The inputs `secrets`, `secret-files` and `secret-envs`; everything in them is masked that is not to be seen. Throws ConfigurationError. */
export function readSecretEntries({ inputs, mask }: Pick<ActionContext, 'inputs' | 'mask'>): Entry[] {
  const of = (input: string, entries: readonly SecretEntry[]): Entry[] => entries.map((entry) => ({ ...entry, input }));
  const all = [
    ...of('secrets', inputs.secrets('secrets')),
    ...of('secret-files', inputs.secretPlaces('secret-files')),
    ...of('secret-envs', inputs.secretPlaces('secret-envs').flatMap(separated)),
  ];
  for (const entry of all) {
    try {
      checkId(entry);
    } catch (error) {
      mask(`${entry.name}=${entry.value}`);
      throw error;
    }
  }
  requireOnce(all);
  return all;
}

/** Names of variables hold no comma, so that one may separate them. */
const separated = ({ line, name, value }: SecretEntry): SecretEntry[] =>
  secretEntries('secret-envs', `${name}=${value}`.replace(/,\s*/g, '\n')).map((entry) => ({ ...entry, line }));

export interface SecretInputs {
  /** What the Dockerfiles may mount, by id. */
  secrets: Record<string, BuildSecret>;
}

/** What builds may read and nobody may see, of what `readSecretEntries` found. Throws ConfigurationError. */
export function readSecrets(entries: readonly Entry[], { images }: Pick<ImageInputs, 'images'>, context: Context): SecretInputs {
  const dockerfiles = images.map(({ file }) => (file === undefined ? '' : readFileSync(file, 'utf8')));
  const secrets = entries.map((entry) => [entry, read(entry, context)] as const);
  const [asked, others] = [true, false].map((wanted) => secrets.filter(([{ name }]) => isAskedFor(name, dockerfiles) === wanted));
  for (const [{ input, line }] of others ?? []) {
    context.log.warning(
      `${atLine(input, line)}: no Dockerfile mounts a secret of this id (RUN --mount=type=secret,id=…), so it is left out. Does the line belong to ` +
        'the value before it? Name and value of several lines go in quotes. Does a base image ask for it? Name the id in a comment',
    );
  }
  return { secrets: Object.fromEntries((asked ?? []).map(([{ name }, secret]) => [name, secret])) };
}

function read(entry: Entry, context: Context): BuildSecret {
  if (entry.input === 'secret-files') return { file: secretFile(entry, context) };
  return entry.input === 'secret-envs' ? variable(entry, context) : entry.value;
}

function checkId({ input, line, name }: Entry): void {
  if (ID.test(name)) return;
  throw new ConfigurationError(
    `${atLine(input, line)}: what stands before "=" is not the id of a secret (letters, digits, _ . -, at most 64)`,
    {
      hint: 'Write id=value. Does the line belong to the value before it? Name and value of several lines go in quotes: "id=first line … last line"',
    },
  );
}

function secretFile({ input, line, value }: Entry, { env, mask }: Context): string {
  const where = atLine(input, line);
  const wrong = (what: string, hint?: string): ConfigurationError => {
    mask(value);
    return new ConfigurationError(`${where}: ${what}`, { hint });
  };
  const path = absolute(value, env.workspace);
  const stat = statOf(path);
  if (!stat?.isFile()) throw wrong('what follows "=" is not a file', 'Write id=path; paths are relative to the workspace.');
  if (stat.size > LARGEST) throw wrong(`the file has ${stat.size} bytes (allowed: at most ${LARGEST})`);
  try {
    new Paths(env).anywhere(path, where);
  } catch {
    throw wrong("the file is a link that leads out of the workspace, or Git's own", 'Name the file itself.');
  }
  try {
    mask(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw wrong(`the file cannot be read (${codeOf(cause)})`);
  }
  return path;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // No path at all, such as a token of many characters.
    return undefined;
  }
}

function variable({ input, line, value }: Entry, { variables, mask }: Context): string {
  const where = atLine(input, line);
  if (!VARIABLE.test(value)) {
    mask(value);
    throw new ConfigurationError(`${where}: what follows "=" is not the name of a variable`, { hint: 'Write id=VARIABLE.' });
  }
  const content = variables[value];
  if (content === undefined) {
    mask(value);
    throw new ConfigurationError(`${where}: there is no such variable`, { hint: 'Set it under "env:" of this step or of the job.' });
  }
  mask(content);
  return content;
}
