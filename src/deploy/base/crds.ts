import { readManifests } from '../../split/index.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import type { DeployRun } from '../run/run.ts';

/** CRDs are created where they are missing and never changed, as `helm install` does. */
export async function createCrds({ helm, kubernetes, options, log }: DeployRun): Promise<void> {
  const text = await helm.crds(options.chart, options.chartVersion);
  const crds = readManifests(text, 'of its CRDs')
    .manifests.map(({ object }) => object)
    .filter(({ kind }) => kind === 'CustomResourceDefinition');
  for (const crd of crds) {
    if (await kubernetes.get({ apiVersion: crd.apiVersion, kind: crd.kind, name: crd.metadata.name })) continue;
    await kubernetes.apply(crd, { fieldManager: FIELD_MANAGER });
    log.info(`CustomResourceDefinition ${crd.metadata.name} created`);
  }
}
