import { formatImage, parseImage, repositoryOf } from '../../interfaces/image-reference.ts';
import type { Needs } from './model.ts';

const DIGEST = /sha256:[0-9a-f]{64}/g;
const REFERENCE = /[\w.-]+(?::\d{1,5})?(?:\/[\w.-]+)+:\w[\w.-]{0,127}/g;
const PINNED = /([\w.-]+(?::\d{1,5})?(?:\/[\w.-]+)+)(?::\w[\w.-]{0,127})?@(sha256:[0-9a-f]{64})/g;
const COMMIT = /(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])/g;
const VERSION = /"version":"([^"]{1,200})"/g;

/**
 * Collects every image that texts name, wherever it stands in them: what is named and in no use costs space, what is in use and was
 * overlooked costs an app.
 */
export class Mentions implements Needs {
  readonly digests = new Set<string>();
  readonly references = new Set<string>();
  /** Digests that are named with their repository, by `host/path`. */
  readonly pinned = new Map<string, Set<string>>();
  readonly versions = new Set<string>();

  /** Any text of the cluster: an object as JSON, a manifest. */
  images(text: string): void {
    for (const [digest] of text.matchAll(DIGEST)) this.digests.add(digest);
    for (const [name] of text.matchAll(REFERENCE)) {
      const { reference } = parseImage(name);
      if (reference !== undefined) this.references.add(formatImage(reference));
    }
    for (const [, name = '', digest = ''] of text.matchAll(PINNED)) {
      const repository = repositoryOf(name);
      this.pinned.set(repository, (this.pinned.get(repository) ?? new Set()).add(digest));
    }
  }

  /** A journal: what it says of a version counts before its images are known. */
  journal(text: string): void {
    this.images(text);
    for (const [commit] of text.matchAll(COMMIT)) this.versions.add(commit);
    for (const [, version = ''] of text.matchAll(VERSION)) this.versions.add(version);
  }

  /** Repositories below a prefix (`host[:port][/path]`) that anything names. */
  repositoriesBelow(prefix: string): string[] {
    const named = [...this.references].map(repositoryOf);
    return [...new Set([...named, ...this.pinned.keys()])].filter((name) => name.startsWith(`${prefix}/`)).sort();
  }
}
