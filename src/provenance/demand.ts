import { ConfigurationError } from '../interfaces/errors.ts';

/** A repository of GitHub, or a workflow's file in one, at one ref or at any. */
export interface Place {
  /** `acme/todo` or `acme/todo/.github/workflows/release.yml` */
  path: string;
  /** `refs/heads/main`, a commit; undefined for any. */
  ref: string | undefined;
}

/** Whose provenance is accepted. */
export interface Demand {
  /** `https://github.com` */
  server: string;
  /** Who has to vouch for the run. */
  issuer: string;
  /** Any of these is the source. */
  sources: readonly Place[];
  /** Any of these workflows signed; none: one that lies in a source. */
  signers: readonly Place[];
}

/** Where the demand is made. */
export interface DemandContext {
  /** GitHub's own address, `https://github.com`. */
  server: string;
  /** Repository of the run; undefined outside of a workflow. */
  repository: string | undefined;
}

const NAME = '[\\w.-]+';
const REPOSITORY = new RegExp(`^${NAME}/${NAME}$`);
const WORKFLOW = new RegExp(`^${NAME}/${NAME}/\\.github/workflows/${NAME}\\.ya?ml$`);
const REF = /^[^\s@~^:?*[\\]+$/;
const ALLOWED =
  'owner/repository for the source, owner/repository/.github/workflows/file.yml for who signs, each with @refs/heads/main or another ref where only that one counts';

/** Parses the input `verify`, one place a line; undefined for none. Throws ConfigurationError. */
export function parseDemand(lines: readonly string[], { server, repository }: DemandContext): Demand | undefined {
  if (lines.length === 0) return undefined;
  const places = lines.map(parsePlace);
  const signers = places.filter(({ path }) => WORKFLOW.test(path));
  const sources = places.filter(({ path }) => REPOSITORY.test(path));
  // A workflow that anybody may call signs for anybody: whose sources they are is always demanded.
  if (sources.length === 0 && repository === undefined) {
    throw new ConfigurationError('Input "verify" names a workflow, and not the repository whose sources it built', {
      hint: 'Add a line with owner/repository: outside of a workflow there is none that it could be.',
    });
  }
  const own = repository === undefined ? [] : [{ path: repository, ref: undefined }];
  return { server, issuer: issuerOf(server), sources: sources.length > 0 ? sources : own, signers };
}

function parsePlace(line: string): Place {
  const at = line.indexOf('@');
  const path = at < 0 ? line : line.slice(0, at);
  const ref = at < 0 ? undefined : line.slice(at + 1);
  const isPlace = (REPOSITORY.test(path) || WORKFLOW.test(path)) && !path.split('/').some((part) => /^\.{1,2}$/.test(part));
  if (isPlace && (ref === undefined || REF.test(ref))) return { path, ref };
  throw new ConfigurationError(`Input "verify" holds "${line.slice(0, 200)}": not a repository or workflow (allowed: ${ALLOWED})`);
}

/** Who vouches for the runs of a GitHub: its own service of OpenID Connect. */
export function issuerOf(server: string): string {
  const { host, origin } = new URL(server);
  if (host === 'github.com') return 'https://token.actions.githubusercontent.com';
  return host.endsWith('.ghe.com') ? `https://token.actions.${host}` : `${origin}/_services/token`;
}
