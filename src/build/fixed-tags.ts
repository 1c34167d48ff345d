import { createHash } from 'node:crypto';
import { parse } from 'semver';

/** What a tag promises: these bytes are that commit, these bytes are that version; or nothing, such as `main`, `latest`, `1.2`. */
export type TagKind = 'commit' | 'version' | 'moving';

export function kindOf(tag: string): TagKind {
  if (/^(?:sha-)?[0-9a-f]{7,64}$/.test(tag)) return 'commit';
  return parse(tag) === null || tag.endsWith('-dirty') ? 'moving' : 'version';
}

/** The tag of one set of images that was built of a commit whose own tag is taken: the same for all of them, and the same in every run. */
export function tagOfSet(commit: string, images: readonly { name: string; digest: string }[]): string {
  const lines = images.map(({ name, digest }) => `${name}=${digest}\n`).sort();
  return `${commit}-${createHash('sha256').update(lines.join('')).digest('hex').slice(0, 8)}`;
}
