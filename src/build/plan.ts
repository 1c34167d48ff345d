import type { Registry } from '../interfaces/registry.ts';
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
  tags: string[];
}

/** Compares the layouts with what the registry holds: what has not changed is not sent again. Reads only. */
export async function planPush(
  layouts: readonly BuiltLayout[],
  options: { repositoryOf: (name: string) => string; tags: readonly string[]; signal?: AbortSignal },
  registry: Registry,
): Promise<PushPlan[]> {
  return Promise.all(
    layouts.map(async (layout) => {
      const repository = options.repositoryOf(layout.spec.name);
      const { digest } = layout.root;
      const present = await registry.head(repository, digest, options.signal);
      const current = await Promise.all(options.tags.map((tag) => registry.head(repository, tag, options.signal)));
      return {
        layout,
        repository,
        digest,
        push: present === undefined,
        newTags: options.tags.filter((_, index) => current[index]?.digest !== digest),
        tags: [...options.tags],
      };
    }),
  );
}
