import type { ImageSpec } from './model.ts';

export const COMMIT_INFO = ['off', 'labels', 'annotations'] as const;
/** Where an image says which commit it was built from. */
export type CommitInfo = (typeof COMMIT_INFO)[number];

export interface Commit {
  /** The version that is built, or the Git tag. */
  version: string;
  /** undefined where there is no repository. */
  revision?: string | undefined;
  /** The commit's own date: a build's would make two builds of one commit differ. */
  created?: string | undefined;
}

const PREFIX = 'org.opencontainers.image';

/**
 * Adds what the image specification says about a commit. Off by default: such an image is another with every commit, whatever has changed in it. What
 * the user names goes before it.
 */
export function withCommit(image: ImageSpec, where: CommitInfo, { version, revision, created }: Commit): ImageSpec {
  if (where === 'off') return image;
  const facts = Object.entries({ version, revision, created }).flatMap(([name, value]) =>
    value ? [[`${PREFIX}.${name}`, value] as const] : [],
  );
  if (where === 'labels') return { ...image, labels: { ...Object.fromEntries(facts), ...image.labels } };
  // Of every manifest, and of the index of several: registries show either.
  const annotations = Object.fromEntries(facts.map(([name, value]) => [`manifest,index:${name}`, value]));
  return { ...image, annotations: { ...annotations, ...image.annotations } };
}

/** Labels that stay the same from commit to commit. */
export const lastingLabels = (name: string): Record<string, string> => ({ [`${PREFIX}.title`]: name });
