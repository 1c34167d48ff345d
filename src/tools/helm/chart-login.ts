import { ProcessError, ToolError } from '../../interfaces/errors.ts';
import type { RegistryLogin } from '../../interfaces/registry-provider.ts';

const SCHEME = 'oci://';

/** `host/repository` of a chart in a registry; undefined for a chart that is a folder or a file. */
export const repositoryOfChart = (chart: string): string | undefined => (chart.startsWith(SCHEME) ? chart.slice(SCHEME.length) : undefined);

const hostOf = (repository: string): string => repository.split('/')[0] ?? '';

/** Pure: what Helm reads logins from (`--registry-config`), with one for this repository's registry. */
export const registryConfig = (repository: string, { username, password }: RegistryLogin): string =>
  JSON.stringify({ auths: { [hostOf(repository)]: { auth: Buffer.from(`${username}:${password}`).toString('base64') } } });

/** Helm's words for a registry that asks for a login, or refuses the one that it got. */
const REFUSED = /\b40[13]\b|unauthorized|authentication required|access denied|requested access .* is denied|basic credential not found/i;

/** A registry that does not let Helm read a chart is told as that; any other error stays what it is. */
export function explainedPull(error: unknown, chart: string, loggedIn: boolean): unknown {
  const repository = repositoryOfChart(chart);
  if (repository === undefined || !(error instanceof ProcessError) || !isPull(error, repository)) return error;
  const host = hostOf(repository);
  return new ToolError(
    `The registry ${host} does not let ${loggedIn ? 'this login' : 'this runner, which has no login,'} read the chart ${repository}`,
    {
      reason: 'access-denied',
      cause: error,
      hint: `Log in in a step before this one: \`helm registry login ${host}\`, or \`docker login ${host}\`. For DigitalOcean's registry DIGITALOCEAN_ACCESS_TOKEN does it, for ghcr.io the input "github-token".`,
    },
  );
}

/** The API server refuses, too: only what is said about the chart's repository counts. */
const isPull = ({ stderr }: ProcessError, repository: string): boolean => {
  const path = repository.slice(hostOf(repository).length + 1).replace(/[:@].*$/, '');
  return stderr.split('\n').some((line) => line.includes(path) && REFUSED.test(line));
};
