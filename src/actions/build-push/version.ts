import { withCommit } from '../../build/commit-info.ts';
import type { ImageSpec } from '../../build/model.ts';
import type { Log } from '../../interfaces/log.ts';
import type { GitHubEnvironment } from '../../runtime/github-env.ts';
import type { Checkout } from '../shared/checkout.ts';
import type { BuildPushInputs } from './inputs.ts';

const SHOWN = 3;

/**
 * The input `version`, else the commit that is checked out: with `-dirty`, and a warning, where a build can take what is in no commit. In a workflow
 * too: a step before this one may have made files that the images need, which is no reason to stop, but their bytes are not the commit's.
 */
export async function versionOf(
  { version, images }: Pick<BuildPushInputs, 'version' | 'images'>,
  checkout: Checkout,
  log: Pick<Log, 'warning'>,
): Promise<string> {
  if (version !== '') return version;
  const commit = await checkout.version();
  const folders = images.flatMap(({ context, file, contexts }) => [
    { folder: context, dockerfile: file },
    ...Object.values(contexts ?? {}).map((folder) => ({ folder })),
  ]);
  const changed = await checkout.changes(folders);
  if (changed.length === 0) return commit;
  const more = changed.length > SHOWN ? ` and ${changed.length - SHOWN} more` : '';
  log.warning(
    `The images hold what is in no commit (${changed.slice(0, SHOWN).join(', ')}${more}), so their version is ${commit}-dirty. Commit it, let Git or .dockerignore ignore it, or set the input "version"`,
  );
  return `${commit}-dirty`;
}

/** The images, with what they say about the commit where the input `commit-info` asks for it. */
export async function described(
  { images, commitInfo }: Pick<BuildPushInputs, 'images' | 'commitInfo'>,
  version: string,
  checkout: Checkout,
  { ref }: Pick<GitHubEnvironment, 'ref'>,
): Promise<ImageSpec[]> {
  if (commitInfo === 'off') return images;
  const tag = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
  const commit = { version: tag ?? version, ...(await checkout.head()) };
  return images.map((image) => withCommit(image, commitInfo, commit));
}
