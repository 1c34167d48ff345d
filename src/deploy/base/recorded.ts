import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Run } from '../run/run.ts';

interface Recorded {
  part: PartChart;
  values: Record<string, unknown>;
}

/** What a release recorded, where it is a part of ours: a chart that plain Helm installed holds templates. */
export const ownPart = (recorded: Recorded | undefined): Recorded | undefined =>
  recorded && Object.keys(recorded.part.templates).every((file) => file.endsWith('.json')) ? recorded : undefined;

/** Pure: what Helm's history says of a base that was brought to its end: its version serves. */
export const contractedText = (version: string): string => `todo-deploy: base of ${version}, the old version is gone`;

const NETWORK_POLICY = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };

/** Network policies of the namespace that are not of this app; none where the account may not list them. */
export async function foreignPolicies({ kubernetes, options }: Pick<Run, 'kubernetes' | 'options'>): Promise<KubernetesObject[]> {
  const right = { verb: 'list', group: 'networking.k8s.io', resource: 'networkpolicies', namespace: kubernetes.namespace };
  if ((await kubernetes.denied([right])).length > 0) return [];
  const { items } = await kubernetes.list(NETWORK_POLICY);
  return items
    .filter(({ metadata }) => metadata.annotations?.['meta.helm.sh/release-name'] !== options.release)
    .map((object) => ({ ...object, ...NETWORK_POLICY }));
}
