import type { Helm } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt } from '../../interfaces/values.ts';
import { readManifests } from '../../split/index.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { CRD, describe } from '../kube/names.ts';
import { watchUntil } from '../kube/watch.ts';
import type { DeployOptions } from '../run/options.ts';
import type { DeployRun } from '../run/run.ts';

export const isDefinition = ({ kind }: KubernetesObject): boolean => kind === CRD.kind;

/** The definitions in the folder crds/ of the chart and of its subcharts. */
export async function chartDefinitions(
  helm: Pick<Helm, 'crds'>,
  { chart, chartVersion }: Pick<DeployOptions, 'chart' | 'chartVersion'>,
): Promise<KubernetesObject[]> {
  const text = await helm.crds(chart, chartVersion);
  return readManifests(text, 'of its CRDs')
    .manifests.map(({ object }) => object)
    .filter(isDefinition);
}

/** Those of crds/ are created where they are missing and never changed, as `helm install` does. */
export async function createCrds(run: DeployRun): Promise<void> {
  await createDefinitions(run, await chartDefinitions(run.helm, run.options), FIELD_MANAGER);
}

/** Creates what is not there, and waits until the API server serves its objects. */
export async function createDefinitions(run: DeployRun, definitions: readonly KubernetesObject[], fieldManager: string): Promise<void> {
  const { kubernetes, log } = run;
  for (const definition of definitions) {
    if (await kubernetes.get({ ...CRD, name: definition.metadata.name })) continue;
    await kubernetes.apply(definition, { fieldManager });
    await established(run, definition.metadata.name);
    log.info(`${describe(definition)} created`);
  }
}

/** Until then the API server does not serve its objects. */
async function established({ kubernetes, clock, signal, options }: DeployRun, name: string): Promise<void> {
  await watchUntil({
    kubernetes,
    clock,
    signal,
    watch: [{ kind: CRD, options: { fieldSelector: `metadata.name=${name}` } }],
    limitMs: options.timeoutMs,
    waitingFor: `the API server to serve the objects of CustomResourceDefinition/${name}`,
    judge: (view) => (isEstablished(view.get(CRD, name)) ? true : undefined),
  });
}

function isEstablished(definition: KubernetesObject | undefined): boolean {
  const conditions = fieldAt(definition, 'status', 'conditions');
  return (Array.isArray(conditions) ? conditions : []).some(
    (one) => fieldAt(one, 'type') === 'Established' && fieldAt(one, 'status') === 'True',
  );
}
