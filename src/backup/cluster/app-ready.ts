import { watchUntil } from '../../deploy/kube/watch.ts';
import { TimeoutError } from '../../interfaces/errors.ts';
import type { KindRef, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Workload } from '../../interfaces/objects.ts';
import { APP_LABEL } from '../../split/model.ts';
import type { JobTools } from './run-job.ts';

type Deployment = Workload & { kind: 'Deployment' };
const DEPLOYMENT: KindRef<Deployment> = { apiVersion: 'apps/v1', kind: 'Deployment' };
const HELM = 'meta.helm.sh/release-name';
const LIMIT_MS = 180_000;
/** Within it a probe notices that the database has ended its connections. */
const NOTICED_MS = 5_000;

/** Whether an object is of a release, whoever deployed it. */
export const isOfRelease = (release: string, { metadata }: KubernetesObject): boolean =>
  metadata.labels?.[APP_LABEL] === release || metadata.annotations?.[HELM] === release;

/** Waits until the app, whose connections were ended, is ready again. Returns that as text. Errors: `TimeoutError` that says what is not. */
export async function appReadyAgain(release: string, tools: JobTools): Promise<string> {
  await tools.clock.sleep(NOTICED_MS, tools.signal);
  const from = tools.clock.elapsed();
  const isOwn = (object: Deployment): boolean => isOfRelease(release, object) && (object.spec?.replicas ?? 1) > 0;
  const unready = (all: readonly Deployment[]): string[] =>
    all.filter(isOwn).flatMap(({ metadata, spec, status }) => {
      const [wanted, there] = [spec?.replicas ?? 1, status?.availableReplicas ?? 0];
      return there < wanted ? [`Deployment/${metadata.name}: ${there} of ${wanted}`] : [];
    });
  const count = (await tools.kubernetes.list(DEPLOYMENT)).items.filter(isOwn).length;
  if (count === 0) return 'Nothing of the app runs.';
  await watchUntil({
    ...tools,
    watch: [{ kind: DEPLOYMENT }],
    limitMs: LIMIT_MS,
    waitingFor: 'the app to be ready again',
    judge: (view) => {
      const all = view.all(DEPLOYMENT);
      return all.filter(isOwn).length >= count && unready(all).length === 0 ? true : undefined;
    },
    onLimit: (view) =>
      new TimeoutError(`the app to be ready again on the other database (${unready(view.all(DEPLOYMENT)).join(', ')})`, LIMIT_MS),
  });
  const seconds = Math.round((tools.clock.elapsed() - from + NOTICED_MS) / 1000);
  return `${count} Deployment(s) of the app are ready, ${seconds} s later.`;
}
