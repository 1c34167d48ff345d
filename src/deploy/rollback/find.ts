import { formatImage, hasDigest, parseImage, repositoryOf } from '../../interfaces/image-reference.ts';
import type { Deployed } from '../state/model.ts';
import type { Candidate } from './candidates.ts';
import type { RollbackCollaborators, RollbackOptions } from './options.ts';
import type { Situation } from './read.ts';
import { chooseTarget, unknownTarget } from './target.ts';

interface Deps extends Pick<RollbackCollaborators, 'digestOf' | 'log'> {
  options: Pick<RollbackOptions, 'to' | 'toText'>;
}

/** The version that `to` means: by the journal, else by a tag of its image. Errors: `ConfigurationError` that lists what there is. */
export async function findTarget(deps: Deps, situation: Situation): Promise<Candidate | 'serving'> {
  const { to, toText } = deps.options;
  const named = chooseTarget(to, situation);
  if (named) return named;
  return (await byTag(deps, situation)) ?? Promise.reject(unknownTarget(`No version "${toText}" has served`, situation));
}

/** A tag such as `v1.4.0` that a build gave to the image of a version that was deployed by its commit. */
async function byTag({ options, digestOf, log }: Deps, { serving, candidates }: Situation): Promise<Candidate | 'serving' | undefined> {
  const images = [...(serving ? [serving] : []), ...candidates.map(({ entry }) => entry)].flatMap((entry) => entry.images);
  const repositories = [...new Set(images.filter(hasDigest).map(repositoryOf))];
  const tagged = await Promise.all(repositories.map(async (repository) => `${repository}@${await digestOf(repository, options.toText)}`));
  const runs = (entry: Deployed) => entry.images.filter(hasDigest).some((image) => tagged.includes(withoutTag(image)));
  if (serving && runs(serving)) return 'serving';
  const found = candidates.find(({ entry }) => runs(entry));
  if (found) log.info(`The tag ${options.toText} is an image of ${found.entry.version}`);
  return found;
}

/** `host/path@digest` */
function withoutTag(image: string): string {
  const { reference } = parseImage(image);
  return reference === undefined ? image : formatImage({ ...reference, tag: undefined });
}
