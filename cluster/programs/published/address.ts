import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDigest } from '../../../src/interfaces/image-reference.ts';
import { parseRepository } from '../../../src/tools/registry/reference.ts';
import { ClusterError, messageOf } from '../../errors.ts';
import { hostArchitecture } from '../../images/oci.ts';

/** An artifact, by the digest that whoever trusts it has named. */
export interface Published {
  /** `host[:port]/path` */
  repository: string;
  /** `sha256:…` of its manifest. */
  digest: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** This machine's platform as published.json names it. */
export const platform = `${process.platform}/${hostArchitecture()}`;

const ROOT = join(import.meta.dirname, '../../..');

/**
 * Where this platform's programs can be had: in the repository's own registry under the digest that `list` names, or as TODO_DEPLOY_PROGRAMS says.
 * A text says why nowhere. Throws a ClusterError where the variable cannot be understood.
 */
export function publishedAt(env: Environment = process.env, list = publishedDigests()): Published | string {
  const asked = env.TODO_DEPLOY_PROGRAMS ?? '';
  if (asked === 'off') return 'TODO_DEPLOY_PROGRAMS is off';
  const [repository = '', named] = (asked || ownRepository()).split('@');
  const digest = named ?? list[platform];
  try {
    parseRepository(repository);
    if (named !== undefined && !isDigest(named)) throw new Error(`"${named}" is not a digest`);
  } catch (error) {
    throw new ClusterError(
      `TODO_DEPLOY_PROGRAMS is ${asked}: ${messageOf(error)}; it can be off, a repository (${ownRepository()}), or one with a digest (@sha256:…)`,
    );
  }
  if (digest === undefined) return `cluster/programs/published.json names none for ${platform}`;
  return isDigest(digest)
    ? { repository, digest }
    : `cluster/programs/published.json names "${digest}" for ${platform}, which is not a digest`;
}

/** The address of this repository's sources, from package.json. */
export function sourceAddress(): string {
  const { repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { repository: { url: string } };
  return repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
}

/** GitHub's registry, beside the sources. */
function ownRepository(): string {
  return `ghcr.io${new URL(sourceAddress()).pathname.toLowerCase()}/programs`;
}

function publishedDigests(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../published.json'), 'utf8')) as Record<string, string>;
}
