import { ToolError } from '../../../interfaces/errors.ts';
import type { ImageRemoval, ProviderContext } from '../../../interfaces/registry-provider.ts';
import { GitHubClient } from '../../github/client.ts';
import { GitHubPackages, type PackageOwner, type PackageVersion } from '../../github/packages.ts';

const API = 'https://api.github.com';
const HINT =
  'the job needs `permissions: {packages: write}`, and the repository the role Admin in the package’s settings, "Manage Actions access"';

interface Known {
  owner: string;
  name: string;
  kind: PackageOwner;
  versions: readonly PackageVersion[];
}

/** GitHub's registry deletes by GitHub's API alone: a package's version is a manifest with its tags. */
export function ghcrRemoval({ http, log, signal, variables, githubToken }: ProviderContext): ImageRemoval {
  const packages = new GitHubPackages(new GitHubClient({ http, log, apiUrl: variables.GITHUB_API_URL || API, token: githubToken }));
  const known = new Map<string, Promise<Known>>();

  async function find(repository: string): Promise<Known> {
    const [, owner = '', ...rest] = repository.split('/');
    const name = rest.join('/');
    for (const kind of ['org', 'user'] as const) {
      const versions = await packages.versions({ owner, name, kind }, signal);
      if (versions !== undefined) return { owner, name, kind, versions };
    }
    throw new ToolError(`GitHub knows no package ${owner}/${name}, or the token may not see it`, { hint: HINT });
  }

  return {
    async remove(repository, digest, tags) {
      const found = known.get(repository) ?? find(repository);
      known.set(repository, found);
      const place = await found;
      const id = place.versions.find((version) => version.digest === digest)?.id;
      if (id === undefined) throw new ToolError(`GitHub lists no version ${digest} of the package ${place.owner}/${place.name}`);
      const now = await packages.version(place, id, signal);
      if (now === undefined) return;
      const more = now.tags.find((tag) => !tags.includes(tag));
      if (now.digest !== digest || more !== undefined) throw new ToolError(`${repository}@${digest} has got the tag ${more ?? now.digest}`);
      await packages.deleteVersion(place, id, signal);
    },
  };
}
