/**
 * An image's name, taken apart by the grammar that container runtimes use: `[host[:port]/]path[:tag][@digest]`. The first part is a host if it has
 * a dot or a colon or is `localhost`; else the image is Docker Hub's.
 */
export interface ImageReference {
  /** `registry.example.com`, `localhost:5000`; `docker.io` where the name has none. */
  host: string;
  /** `acme/todo-backend`; `library/nginx` for `nginx`. */
  path: string;
  tag?: string | undefined;
  /** `sha256:…` */
  digest?: string | undefined;
}

/** The part of a name that breaks the grammar. */
type ReferenceProblem = 'host' | 'path' | 'tag' | 'digest';
type ParsedReference = { reference: ImageReference; problem?: undefined } | { reference?: undefined; problem: ReferenceProblem };

const HUB = 'docker.io';
const HUB_ALIASES = [HUB, 'index.docker.io'];
const LONGEST = 255;

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-fA-F:]+\\])(?::\\d{1,5})?$`);
const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${PART}(?:/${PART})*$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
/** An image's id: no name may look like one. */
const ID = /^[0-9a-f]{64}$/;

export const isRegistryHost = (text: string): boolean => HOST.test(text) && looksLikeHost(text);
export const isRepositoryPath = (text: string): boolean => PATH.test(text);
export const isTag = (text: string): boolean => TAG.test(text);
export const isDigest = (text: string): boolean => DIGEST.test(text);

const CONTENT_TAG = /^content-[0-9a-f]{16}$/;

/**
 * The tag of an image that nodes hold and no registry: made of the digest of its configuration (the image's id), so that it never means two
 * contents, and a node that has it needs no other.
 */
export const contentTag = (config: string): string => `content-${config.replace(/^sha256:/, '').slice(0, 16)}`;
export const isContentTag = (tag: string | undefined): boolean => tag !== undefined && CONTENT_TAG.test(tag);

/** Pure, and never throws. */
export function parseImage(text: string): ParsedReference {
  const { name, tag, digest } = cut(text);
  const { host, path } = locate(name);
  if (!HOST.test(host)) return { problem: 'host' };
  if (!isRepositoryPath(path) || ID.test(name) || host.length + 1 + path.length > LONGEST) return { problem: 'path' };
  if (tag !== undefined && !isTag(tag)) return { problem: 'tag' };
  if (digest !== undefined && !isDigest(digest)) return { problem: 'digest' };
  return { reference: { host, path, tag, digest } };
}

/** The full name: `docker.io/library/nginx:1.27` for what was `nginx:1.27`. */
export const formatImage = ({ host, path, tag, digest }: ImageReference): string =>
  `${host}/${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;

/** `host/path` of any text that stands where an image does: what breaks the grammar is left for the kubelet to refuse. */
export function repositoryOf(image: string): string {
  const { host, path } = locate(cut(image).name);
  return `${host}/${path}`;
}

export const hostOf = (image: string): string => locate(cut(image).name).host;

/** The name as it is written, without tag and digest. */
export const nameOf = (image: string): string => cut(image).name;

/** Whether a digest says which content is meant. */
export const hasDigest = (image: string): boolean => cut(image).digest !== undefined;

/** `registry/name`; the name alone where there is no registry. */
export const repositoryIn = (registry: string, name: string): string => (registry === '' ? name : `${registry}/${name}`);

/** Where a registry's prefix or a repository lies. Other than an image's name, a prefix may be a host alone. */
export function locatePrefix(prefix: string): { host: string; path: string } {
  if (prefix.includes('/') || !looksLikeHost(prefix)) return locate(prefix);
  return { host: HUB_ALIASES.includes(prefix) ? HUB : prefix, path: '' };
}

function cut(text: string): { name: string; tag: string | undefined; digest: string | undefined } {
  const at = text.indexOf('@');
  const tagged = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const colon = tagged.lastIndexOf(':');
  if (colon <= tagged.lastIndexOf('/')) return { name: tagged, tag: undefined, digest };
  return { name: tagged.slice(0, colon), tag: tagged.slice(colon + 1), digest };
}

function locate(name: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const named = looksLikeHost(first);
  const path = named ? name.slice(slash + 1) : name;
  if (named && !HUB_ALIASES.includes(first)) return { host: first, path };
  return { host: HUB, path: path.includes('/') ? path : `library/${path}` };
}

const looksLikeHost = (text: string): boolean => /[.:]/.test(text) || text === 'localhost';
