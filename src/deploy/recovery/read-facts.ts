import type { Pod, Service, Workload } from '../../interfaces/objects.ts';
import { COLOR_LABEL, type Color } from '../../split/model.ts';
import { isWorker } from '../color/workers.ts';
import { colorWorkloads, nothingLeft, servicesOn } from '../kube/live.ts';
import { POD, SERVICE, selects } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import type { AppContext } from '../run/run.ts';
import type { Facts, ServiceFacts, StackFacts } from '../state/healing.ts';
import type { Deployed, InFlight, ServiceMove } from '../state/model.ts';

/** What lives of everything that the deploy in flight was about. */
export async function readFacts(run: AppContext, inFlight: InFlight): Promise<Facts> {
  const { kubernetes, journal } = run;
  const recordedOf = (color: Color): Deployed | undefined =>
    color === inFlight.color ? inFlight.deployed : journal.journal.history.find((entry) => entry.color === color);
  const [{ items: services }, { items: pods }, blue, green] = await Promise.all([
    kubernetes.list(SERVICE),
    kubernetes.list(POD, inFlight.plain ? {} : { labelSelector: COLOR_LABEL }),
    stackFacts(run, 'blue', recordedOf('blue')),
    stackFacts(run, 'green', recordedOf('green')),
  ]);
  return { services: inFlight.services.map((move) => serviceFacts(move, services, pods)), colors: { blue, green } };
}

function serviceFacts({ name, from, to }: ServiceMove, services: readonly Service[], pods: readonly Pod[]): ServiceFacts {
  const live = services.find((service) => service.metadata.name === name);
  const ready = (selector: Record<string, string> | null) =>
    pods.filter((pod) => selects(selector ?? undefined, pod.metadata.labels) && isReady(pod)).length;
  return { name, exists: live !== undefined, selector: live?.spec?.selector ?? null, ready: { from: ready(from), to: ready(to) } };
}

async function stackFacts({ kubernetes, options }: AppContext, color: Color, recorded: Deployed | undefined): Promise<StackFacts> {
  const [workloads, selectedBy] = await Promise.all([
    colorWorkloads(kubernetes, options.release, color),
    servicesOn(kubernetes, options.release, color),
  ]);
  const isGone = workloads.size === 0 && (await nothingLeft(kubernetes, options.release, color));
  return { workloads: isGone ? 'gone' : stateOf(workloads, recorded?.replicas ?? {}), selectedBy };
}

/** Pure: by its workloads that serve; workers stand still while their color does not. */
function stateOf(workloads: ReadonlyMap<string, Workload>, recorded: Readonly<Record<string, number>>): StackFacts['workloads'] {
  if (Object.keys(recorded).some((name) => !workloads.has(name))) return 'gone';
  // What its chart has switched off stands at zero, and is not missed.
  const serving = [...workloads].flatMap(([name, workload]) => (isWorker(workload) || recorded[name] === 0 ? [] : [workload]));
  if (serving.some(({ spec }) => spec?.replicas === 0)) return 'zero';
  const isUp = ({ spec, status }: Workload) => (status?.readyReplicas ?? 0) >= (spec?.replicas ?? 1);
  return serving.every(isUp) ? 'up' : 'unready';
}
