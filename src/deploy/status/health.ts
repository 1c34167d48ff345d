import type { Pod, Workload } from '../../interfaces/objects.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import { kindNamed } from '../../split/kinds/rows.ts';
import { podsOf } from '../diagnosis/controller-failures.ts';
import type { Expected } from '../diagnosis/model.ts';
import { explainUnready } from '../diagnosis/unready.ts';
import { workloadState } from '../diagnosis/workload-state.ts';
import { describe, ENDPOINT_SLICE, SERVICE, selectedColor } from '../kube/names.ts';
import type { View } from '../kube/watch.ts';
import { routeProblem } from '../traffic/routes.ts';
import type { RunningImage, ServiceStatus, WorkloadHealth } from './model.ts';

/** Pure: a workload's readiness by its own status, why it is not ready, and what its pods run. */
export function workloadHealth(view: View, expected: Expected): WorkloadHealth {
  const state = workloadState(view, expected);
  const object = view.get(kindNamed(expected.kind).ref, expected.name);
  if (!object)
    return { workload: state.workload, ready: false, text: 'not there', images: [], problem: 'it was deployed and is not there' };
  const problem = state.ready ? undefined : explainUnready(view, [state], 0).cause.message;
  return {
    workload: state.workload,
    ready: state.ready,
    text: object.spec?.replicas === 0 ? 'at zero' : state.text,
    images: imagesOf(object, podsOf(view, object)),
    problem: problem?.replace(/ was not ready within 0 s/, ' is not ready').replace(`${state.workload} `, ''),
  };
}

/** Pure: a scheduled workload is healthy as long as it is there; its text says whether it runs. */
export function scheduleHealth(object: Workload): WorkloadHealth {
  const specs = podTemplateOf(object)?.spec?.containers ?? [];
  return {
    workload: describe(object),
    ready: true,
    text: object.spec?.suspend === true ? 'suspended' : `scheduled ${object.spec?.schedule ?? ''}`.trim(),
    images: specs.map(({ name, image = '' }) => ({ container: name, image, digests: [] })),
  };
}

function imagesOf(workload: Workload, pods: readonly Pod[]): RunningImage[] {
  const specs = podTemplateOf(workload)?.spec?.containers ?? [];
  return specs.map(({ name, image = '' }) => {
    const ids = pods.flatMap((pod) => (pod.status?.containerStatuses ?? []).filter((status) => status.name === name));
    const digests = ids.flatMap(({ imageID }) => /sha256:[0-9a-f]{64}/.exec(imageID)?.[0] ?? []);
    return { container: name, image, digests: [...new Set(digests)].sort() };
  });
}

/** Pure: where a stable Service leads, and whether its endpoints are the ready pods of its selector. */
export function serviceStatus(view: View, name: string): ServiceStatus {
  const service = view.get(SERVICE, name);
  if (service === undefined) return { name, endpoints: 0, problem: 'it is not there' };
  const selector = service.spec?.selector ?? {};
  const color = selectedColor(selector);
  const problem = routeProblem(view, { service: name, selector });
  const endpoints = view
    .all(ENDPOINT_SLICE)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready !== false && endpoint.conditions?.terminating !== true).length;
  return {
    name,
    endpoints,
    color,
    problem: problem?.replace(`Service ${name}: `, '').replace(`Service ${name} `, ''),
  };
}
