import { ToolError } from '../interfaces/errors.ts';
import type { Log } from '../interfaces/log.ts';
import type { Registry } from '../interfaces/registry.ts';
import { kindOf, tagOfSet } from './fixed-tags.ts';
import type { BuiltLayout } from './model.ts';

/** What has to be sent for one image. */
export interface PushPlan {
  layout: BuiltLayout;
  /** `host/prefix/name`. */
  repository: string;
  digest: string;
  /** False where the registry holds this digest already. */
  push: boolean;
  /** Tags that do not lead to the digest yet. */
  newTags: string[];
  /** The same for all images of a run. */
  tags: string[];
  /** Where tags led before. */
  held: ReadonlyMap<string, string>;
}

interface PlanOptions {
  repositoryOf: (name: string) => string;
  tags: readonly string[];
  log: Pick<Log, 'warning'>;
  signal?: AbortSignal;
}

type Image = Pick<PushPlan, 'layout' | 'repository' | 'digest' | 'push'> & { held: Map<string, string> };

/**
 * Compares the layouts with what the registry holds: what has not changed is not sent again. Reads only. Throws ToolError where a version's tag
 * would move to other bytes.
 */
export async function planPush(layouts: readonly BuiltLayout[], options: PlanOptions, registry: Registry): Promise<PushPlan[]> {
  const { signal } = options;
  const images = await Promise.all(
    layouts.map(async (layout): Promise<Image> => {
      const repository = options.repositoryOf(layout.spec.name);
      const { digest } = layout.root;
      const present = await registry.head(repository, digest, signal);
      return { layout, repository, digest, push: present === undefined, held: new Map() };
    }),
  );
  const look = async (tags: readonly string[]): Promise<void> => {
    const pairs = images.flatMap((image) => tags.map((tag) => ({ image, tag })));
    await Promise.all(
      pairs.map(async ({ image, tag }) => {
        const found = await registry.head(image.repository, tag, signal);
        if (found !== undefined) image.held.set(tag, found.digest);
      }),
    );
  };
  await look(options.tags);
  const tags = options.tags.map((tag) => chosen(tag, images, options.log));
  await look(tags.filter((tag) => !options.tags.includes(tag)));
  return images.map((image) => ({ ...image, tags, newTags: tags.filter((tag) => image.held.get(tag) !== image.digest) }));
}

/** A commit that gives other bytes than it gave before keeps its tag where it is; all images of the run get another one. */
function chosen(tag: string, images: readonly Image[], log: Pick<Log, 'warning'>): string {
  const kind = kindOf(tag);
  const taken = images.filter(({ held, digest }) => (held.get(tag) ?? digest) !== digest);
  const [first] = taken;
  if (kind === 'moving' || first === undefined) return tag;
  const reference = `${first.repository}:${tag}`;
  const before = first.held.get(tag);
  if (kind === 'version') {
    throw new ToolError(`${reference} is ${before}, and this build made ${first.digest}: a version's tag does not move to other bytes`, {
      reason: 'tag-taken',
      hint: `nothing was pushed. Release under a new version; or, if nobody uses ${tag}, remove the tag in the registry and run the job again`,
    });
  }
  const other = tagOfSet(
    tag,
    images.map(({ layout, digest }) => ({ name: layout.spec.name, digest })),
  );
  log.warning(
    `${reference} stays where it is: an earlier build of this commit is ${before}, and this one made ${first.digest}. The images of this run are tagged ${other} instead`,
  );
  return other;
}
