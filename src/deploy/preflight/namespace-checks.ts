import type { Service } from '../../interfaces/objects.ts';
import { claimsOfOneNode, meshNamespaceRefusals, outsideClaims, outsideServiceRefusals } from '../../split/index.ts';
import type { Finding, SplitResult } from '../../split/model.ts';
import { RELEASE_NAME } from '../kube/live.ts';
import { NAMESPACE, PERSISTENT_VOLUME_CLAIM, SERVICE } from '../kube/names.ts';
import { ifReadable } from '../run/optional-read.ts';
import type { DeployRun } from '../run/run.ts';

type Deps = Pick<DeployRun, 'kubernetes' | 'report' | 'options'>;

/**
 * Refusals for what keeps the app from running in two colors and is in the namespace, not in the chart; `plain`: what bears the app's marks
 * is plain Helm's.
 */
export async function namespaceRefusals(run: Deps, split: SplitResult, { plain }: { plain: boolean }): Promise<Finding[]> {
  const { kubernetes } = run;
  const [services, mesh] = await Promise.all([kubernetes.list(SERVICE), meshRefusals(run, split)]);
  const outside = plain ? services.items : notOwn(services.items, run.options.release);
  return [...outsideServiceRefusals(outside, split), ...mesh];
}

/** Pure: without the app's own: one that a version removes is pinned to the pods that it has, until it goes. */
export const notOwn = (services: readonly Service[], release: string): Service[] =>
  services.filter(({ metadata }) => metadata.annotations?.[RELEASE_NAME] !== release);

/** Names of claims that the pods of a color mount, that are not of the chart, and that only one node may use at a time. */
export async function liveClaimsOfOneNode(run: Deps, split: SplitResult): Promise<string[]> {
  const claims = await Promise.all(
    outsideClaims(split).map((name) =>
      ifReadable(run, `the claim ${name}, which the pods mount: two colors need one that several nodes can use at a time`, () =>
        run.kubernetes.get({ ...PERSISTENT_VOLUME_CLAIM, name }),
      ),
    ),
  );
  return claimsOfOneNode(claims.filter((claim) => claim !== undefined));
}

async function meshRefusals(run: Deps, split: SplitResult): Promise<Finding[]> {
  if (run.options.stack !== 'own' || split.services.length === 0) return [];
  const namespace = await ifReadable(run, "the namespace's labels (a service mesh would bypass the hosts file)", () =>
    run.kubernetes.get({ ...NAMESPACE, name: run.kubernetes.namespace }),
  );
  return namespace ? meshNamespaceRefusals(namespace, run.options.stack) : [];
}
