import { HttpError } from '../../interfaces/errors.ts';
import type { GitHubClient } from './client.ts';

/** Whose packages: GitHub has two addresses for the same. */
export type PackageOwner = 'org' | 'user';

/** A version of a container package: a manifest, tagged or not. */
export interface PackageVersion {
  id: number;
  /** `sha256:…` */
  digest: string;
  tags: string[];
}

interface PackagePlace {
  owner: string;
  /** With its slashes. */
  name: string;
  kind: PackageOwner;
}

/** Container packages: what GitHub's registry lets nobody do by its own protocol. Each call may be repeated. */
export class GitHubPackages {
  readonly #github: GitHubClient;

  constructor(github: GitHubClient) {
    this.#github = github;
  }

  /** Every version of a container package; undefined where GitHub knows no such package of that owner, or the token may not see it. */
  async versions({ owner, name, kind }: PackagePlace, signal?: AbortSignal): Promise<PackageVersion[] | undefined> {
    const call = { what: `listing the versions of the package ${owner}/${name}`, needs: 'packages: read', signal };
    const of = { package_type: 'container', package_name: name } as const;
    try {
      const found = await this.#github.ask(call, ({ rest, paginate }) =>
        kind === 'org'
          ? paginate(rest.packages.getAllPackageVersionsForPackageOwnedByOrg, { ...of, org: owner, per_page: 100 })
          : // The size of its pages is not in GitHub's description.
            paginate(rest.packages.getAllPackageVersionsForPackageOwnedByUser, { ...of, username: owner }),
      );
      return found.map(versionOf);
    } catch (error) {
      if (error instanceof HttpError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** One version as it is now; undefined where it is gone. */
  async version({ owner, name, kind }: PackagePlace, id: number, signal?: AbortSignal): Promise<PackageVersion | undefined> {
    const call = { what: `reading version ${id} of the package ${owner}/${name}`, needs: 'packages: read', signal };
    const of = { package_type: 'container', package_name: name, package_version_id: id } as const;
    try {
      const { data } = await this.#github.ask(call, ({ rest }) =>
        kind === 'org'
          ? rest.packages.getPackageVersionForOrganization({ ...of, org: owner })
          : rest.packages.getPackageVersionForUser({ ...of, username: owner }),
      );
      return versionOf(data);
    } catch (error) {
      if (error instanceof HttpError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Deletes a version with all of its tags; one that is gone is fine. */
  async deleteVersion({ owner, name, kind }: PackagePlace, id: number, signal?: AbortSignal): Promise<void> {
    const call = { what: `deleting version ${id} of the package ${owner}/${name}`, needs: 'packages: write', signal };
    const of = { package_type: 'container', package_name: name, package_version_id: id } as const;
    try {
      await this.#github.ask(call, ({ rest }) =>
        kind === 'org'
          ? rest.packages.deletePackageVersionForOrg({ ...of, org: owner })
          : rest.packages.deletePackageVersionForUser({ ...of, username: owner }),
      );
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 404) throw error;
    }
  }
}

const versionOf = ({
  id,
  name,
  metadata,
}: {
  id: number;
  name: string;
  metadata?: { container?: { tags: string[] } };
}): PackageVersion => ({
  id,
  digest: name,
  tags: metadata?.container?.tags ?? [],
});
