import { ConfigurationError } from '../../interfaces/errors.ts';
import type { BuiltImage } from '../../split/model.ts';

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const PATH = /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const ALLOWED = 'name=sha256:…, name=tag, or registry/path/name@sha256:…';

const wrong = (line: string, what: string): ConfigurationError =>
  new ConfigurationError(`Input "images" holds "${line.slice(0, 200)}": ${what} (allowed: ${ALLOWED})`);

/** One line of the input `images`: build-push's `name=sha256:…` (below `registry`), or a full reference. */
export function parseImage(line: string, registry: string): BuiltImage {
  const at = line.indexOf('=');
  return at > 0 ? named(line, line.slice(0, at).trim(), line.slice(at + 1).trim(), registry) : reference(line);
}

function named(line: string, name: string, version: string, registry: string): BuiltImage {
  if (!PATH.test(name)) throw wrong(line, `"${name}" is not an image name`);
  const repository = registry ? `${registry.replace(/\/+$/, '')}/${name}` : name;
  if (version.startsWith('sha256:')) {
    if (!DIGEST.test(version)) throw wrong(line, 'not a digest of 64 hexadecimal digits');
    return { repository, digest: version };
  }
  if (!TAG.test(version)) throw wrong(line, `"${version}" is neither a digest nor a tag`);
  return { repository, tag: version };
}

function reference(line: string): BuiltImage {
  const [rest = '', digest] = line.split('@');
  if (digest !== undefined && !DIGEST.test(digest)) throw wrong(line, 'not a digest of 64 hexadecimal digits');
  const colon = rest.lastIndexOf(':');
  const tagged = colon > rest.lastIndexOf('/');
  const repository = tagged ? rest.slice(0, colon) : rest;
  const tag = tagged ? rest.slice(colon + 1) : undefined;
  const [host = '', ...path] = repository.split('/');
  const valid = path.length === 0 ? PATH.test(host) : /^[a-zA-Z0-9.-]+(:\d+)?$/.test(host) && PATH.test(path.join('/'));
  if (!valid) throw wrong(line, 'not an image reference');
  if (tag !== undefined && !TAG.test(tag)) throw wrong(line, `"${tag}" is not a tag`);
  if (digest === undefined && tag === undefined) throw wrong(line, 'it names neither digest nor tag');
  return digest === undefined ? { repository, tag: tag ?? '' } : { repository, digest };
}
