import { ConfigurationError } from '../../interfaces/errors.ts';
import { isDigest, isRepositoryPath, isTag, nameOf, parseImage as parseName } from '../../interfaces/image-reference.ts';
import type { BuiltImage } from '../../split/model.ts';

const ALLOWED = 'name=sha256:…, name=tag, or registry/path/name@sha256:…';

const wrong = (line: string, what: string): ConfigurationError =>
  new ConfigurationError(`Input "images" holds "${line.slice(0, 200)}": ${what} (allowed: ${ALLOWED})`);

/** One line of the input `images`: build-push's `name=sha256:…` (below `registry`), or a full reference. */
export function parseImage(line: string, registry: string): BuiltImage {
  const at = line.indexOf('=');
  return at > 0 ? named(line, line.slice(0, at).trim(), line.slice(at + 1).trim(), registry) : reference(line);
}

function named(line: string, name: string, version: string, registry: string): BuiltImage {
  if (!isRepositoryPath(name)) throw wrong(line, `"${name}" is not an image name`);
  const repository = registry ? `${registry.replace(/\/+$/, '')}/${name}` : name;
  if (version.startsWith('sha256:')) {
    if (!isDigest(version)) throw wrong(line, 'not a digest of 64 hexadecimal digits');
    return { repository, digest: version };
  }
  if (!isTag(version)) throw wrong(line, `"${version}" is neither a digest nor a tag`);
  return { repository, tag: version };
}

/** The repository stays as it is written: plan and report show what the user knows. */
function reference(line: string): BuiltImage {
  const { reference: parsed, problem } = parseName(line);
  if (problem === 'digest') throw wrong(line, 'not a digest of 64 hexadecimal digits');
  if (problem === 'tag') throw wrong(line, `"${line.slice(nameOf(line).length + 1).replace(/@.*/, '')}" is not a tag`);
  if (parsed === undefined) throw wrong(line, 'not an image reference');
  const { tag, digest } = parsed;
  if (digest !== undefined) return { repository: nameOf(line), digest };
  if (tag !== undefined) return { repository: nameOf(line), tag };
  throw wrong(line, 'it names neither digest nor tag');
}

/** The input `image-count`, '' where it is left out: what was built must have arrived. Throws ConfigurationError. */
export function checkCount(count: string, images: readonly BuiltImage[]): void {
  if (count === '' || Number(count) === images.length) return;
  const said = /^\d+$/.test(count) ? `${count} were built` : `how many were built is "${count}"`;
  throw new ConfigurationError(
    `Input "images" names ${images.length} ${images.length === 1 ? 'image' : 'images'}, but ${said}: nothing is deployed`,
    {
      hint: 'GitHub drops a job’s output that holds the value of any secret of the job that built: is one of them part of an image’s name, or as short as a number? Its log warns “Skip output … since it may contain secret”',
    },
  );
}
