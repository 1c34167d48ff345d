import { describe, expect, test } from '@jest/globals';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type { Kubernetes, KubernetesObject, ObjectRef } from '../../../src/interfaces/kubernetes.ts';
import { fieldAt } from '../../../src/interfaces/values.ts';
import { MemoryKubernetes } from '../../histories/api/client.ts';
import { leavesOf } from '../../histories/api/fields.ts';
import { Store } from '../../histories/api/store.ts';
import { OPEN } from '../../histories/play/line.ts';
import { workplace } from '../support/api.ts';

/**
 * The API in memory, which the histories are played on (test/histories), is held to the real one: the same calls, one after the other, and
 * the same answers.
 */
const { namespace, kubernetes } = workplace('memory');
const memory = new MemoryKubernetes(new Store(() => Date.now(), { frozen: true }), OPEN, { namespace });

/** What the real one fills in, and nobody of ours reads. */
const FILLED =
  /strategy|revisionHistoryLimit|progressDeadlineSeconds|termination|imagePullPolicy|dnsPolicy|restartPolicy|schedulerName|securityContext|resources$|ipFamil|internalTrafficPolicy|clusterIP|volumeMode|HistoryLimit|concurrencyPolicy|creationTimestamp|parallelism|completion|backoffLimit|manualSelector|podReplacementPolicy|finalizers|suspend|job-name|controller-uid|selector$/;
/** Its own uid is in there. */
const OWN = /controller-uid|job-name/;

/** What an answer says, without what differs by nature. */
function shown(answer: unknown): unknown {
  if (answer instanceof HttpError)
    return { status: answer.status, code: answer.code, immutable: /immutable/.test(answer.message), fields: answer.fields };
  if (typeof answer !== 'object' || answer === null || !('kind' in answer)) return answer;
  const object = answer as KubernetesObject;
  const leaves = [...leavesOf(object)].filter(([path]) => !(object.kind === 'Job' ? FILLED : withoutSelector(FILLED)).test(path));
  return Object.fromEntries(leaves.filter(([path]) => !OWN.test(path)).sort(([one], [other]) => (one < other ? -1 : 1)));
}

const withoutSelector = ({ source }: RegExp): RegExp => new RegExp(source.replace('|selector$', ''));

type Step = (api: Kubernetes) => Promise<unknown>;

async function both(step: Step): Promise<void> {
  const answerOf = (api: Kubernetes) => step(api).catch((error: unknown) => (error instanceof HttpError ? error : Promise.reject(error)));
  const [real, ours] = [shown(await answerOf(kubernetes)), shown(await answerOf(memory))];
  expect(ours).toEqual(real);
}

async function inTurn(steps: readonly Step[]): Promise<void> {
  for (const step of steps) await both(step);
}

const helm = { fieldManager: 'helm', force: true };
const own = { fieldManager: 'todo-deploy', force: true };
const SERVICE = { apiVersion: 'v1', kind: 'Service', name: 'web' };
const ports = (port: number, more: object = {}) => [{ name: 'http', port, targetPort: 'http', ...more }];
const service = (spec: object | undefined, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace, ...metadata },
  ...(spec && { spec }),
});
/** The version that this object has in the API that is asked. */
const versionIn = async (api: Kubernetes, ref: ObjectRef): Promise<string> => (await api.get(ref))?.metadata.resourceVersion ?? '';

test('a Service: whose the selector is, ports, conditions', () =>
  inTurn([
    // One that is not there: only a selector makes none.
    (api) => api.apply(service({ selector: { app: 'web' } }), own),
    (api) => api.apply(service({ selector: { app: 'web' } }, { resourceVersion: '1' }), own),
    (api) => api.get(SERVICE),
    (api) => api.apply(service({ ports: ports(80) }, { labels: { made: 'by-helm' }, annotations: { one: '1', two: '2' } }), helm),
    (api) => api.apply(service({ selector: { app: 'web', color: 'blue' } }), own),
    (api) => api.apply(service({ ports: ports(80) }, { labels: { made: 'by-helm' }, annotations: { one: '1' } }), helm),
    (api) => api.apply(service({ selector: { app: 'web', color: 'green' } }), { fieldManager: 'todo-deploy' }),
    // A map of its own kind: it is replaced whole.
    (api) => api.apply(service({ selector: { color: 'green' } }), own),
    (api) => api.patch(SERVICE, { spec: { selector: { color: null, app: 'other' } } }, { type: 'merge', fieldManager: 'kubectl-patch' }),
    (api) => api.apply(service({ selector: { app: 'web' } }), { fieldManager: 'todo-deploy' }),
    (api) => api.apply(service({ selector: { app: 'web' } }), own),
    (api) => api.apply(service({ selector: { app: 'web' } }, { resourceVersion: '1' }), own),
    async (api) => api.apply(service({ selector: { app: 'web', color: 'blue' } }, { resourceVersion: await versionIn(api, SERVICE) }), own),
    // Another port instead, and a second one.
    (api) => api.apply(service({ ports: ports(81) }), helm),
    (api) => api.apply(service({ ports: [...ports(81), { port: 82 }] }), helm),
    (api) => api.apply(service({ ports: [...ports(81), { name: 'more', port: 82, nodePort: undefined }] }), helm),
    async (api) =>
      api.patch(
        SERVICE,
        [
          { op: 'replace', path: '/metadata/resourceVersion', value: await versionIn(api, SERVICE) },
          { op: 'add', path: '/spec/selector', value: { app: 'web', color: 'green' } },
          { op: 'add', path: '/spec/ports', value: ports(90, { protocol: 'TCP' }) },
        ],
        { type: 'json', fieldManager: 'todo-deploy' },
      ),
    (api) =>
      api.patch(SERVICE, [{ op: 'replace', path: '/metadata/resourceVersion', value: '1' }], { type: 'json', fieldManager: 'todo-deploy' }),
    (api) => api.apply(service({ selector: { app: 'web', color: 'green' } }), own),
    (api) => api.apply(service({ ports: ports(90) }), helm),
    async (api) => api.apply({ ...service(undefined, { name: 'none', resourceVersion: '1' }), spec: { ports: ports(80) } }, own),
    // An address that somebody asked for stays when nobody does any more.
    (api) => api.apply({ ...service(undefined, { name: 'addressed' }), spec: { clusterIP: '10.96.77.7', ports: ports(80) } }, own),
    (api) => api.apply({ ...service(undefined, { name: 'addressed' }), spec: { ports: ports(81) } }, own),
    async (api) => fieldAt((await api.get({ ...SERVICE, name: 'addressed' }))?.spec, 'clusterIP'),
    // Given up.
    (api) => api.apply(service(undefined), own),
    (api) => api.apply(service({ ports: ports(80) }), { ...helm, dryRun: true }),
    (api) => api.get(SERVICE),
    (api) => api.delete(SERVICE, { uid: 'another' }),
    (api) => api.delete(SERVICE),
    (api) => api.delete(SERVICE),
    (api) => api.get(SERVICE),
    (api) => api.patch(SERVICE, { spec: {} }, { type: 'merge' }),
  ]));

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const container = (more: object = {}) => ({ name: 'app', image: 'example/app:1', ...more });
const deployment = (spec: object, metadata: object = {}, pod: object = {}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace, ...metadata },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container()], ...pod } },
    ...spec,
  },
});

test('a Deployment: replicas that others set, items of lists, what cannot be changed', () =>
  inTurn([
    (api) => api.apply(deployment({ replicas: 2 }), helm),
    (api) =>
      api
        .patch(DEPLOYMENT, { spec: { replicas: 0 } }, { type: 'merge', subresource: 'scale', fieldManager: 'todo-deploy' })
        .then(() => api.get(DEPLOYMENT)),
    (api) => api.apply(deployment({}), helm),
    (api) => api.apply(deployment({ replicas: 3 }), helm),
    (api) =>
      api.apply(
        deployment(
          {},
          {},
          {
            hostAliases: [
              { ip: '10.0.0.1', hostnames: ['a'] },
              { ip: '10.0.0.2', hostnames: ['b'] },
            ],
          },
        ),
        helm,
      ),
    (api) => api.apply(deployment({ replicas: 1 }, {}, { hostAliases: [{ ip: '10.0.0.2', hostnames: ['c'] }] }), helm),
    (api) =>
      api.apply(
        deployment(
          { replicas: 1 },
          {},
          {
            containers: [
              container({
                env: [
                  { name: 'A', value: '1' },
                  { name: 'B', value: '2' },
                ],
              }),
            ],
          },
        ),
        helm,
      ),
    (api) =>
      api.apply(deployment({ replicas: 1 }, {}, { containers: [container({ env: [{ name: 'B', value: '3' }], args: ['x'] })] }), helm),
    (api) =>
      api.patch(DEPLOYMENT, { metadata: { annotations: { mine: '1', other: '2' } } }, { type: 'merge', fieldManager: 'todo-deploy' }),
    (api) => api.apply(deployment({ replicas: 1 }), helm),
    (api) => api.patch(DEPLOYMENT, { metadata: { annotations: { mine: null } } }, { type: 'merge', fieldManager: 'todo-deploy' }),
    (api) => api.apply(deployment({ selector: { matchLabels: { app: 'other' } } }), helm),
    (api) =>
      api.apply(
        deployment({
          selector: { matchLabels: { app: 'other' } },
          template: { metadata: { labels: { app: 'other' } }, spec: { containers: [container()] } },
        }),
        helm,
      ),
    async (api) => (await api.get(DEPLOYMENT))?.metadata.generation,
    (api) => api.create(deployment({})),
    (api) => api.replace(deployment({}, { name: 'missing' })),
    (api) => api.replace(deployment({ replicas: 4 }, { resourceVersion: '1' })),
  ]));

const claim = (size: string, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'files', namespace },
  spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: size } }, ...more },
});
const job = (image: string): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'seed', namespace },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'seed', image }] } } },
});
const secret = (type: string, data: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'key', namespace },
  type,
  data,
});

describe('what cannot be changed', () => {
  test('a claim that shrinks, or gets another access mode', () =>
    inTurn([
      (api) => api.apply(claim('2Gi'), helm),
      (api) =>
        api
          .patch(
            { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'files' },
            { status: { phase: 'Bound', capacity: { storage: '2Gi' } } },
            { type: 'merge', subresource: 'status' },
          )
          .then(() => undefined),
      (api) => api.apply(claim('2Gi', { accessModes: ['ReadWriteOnce'] }), helm),
      (api) => api.apply(claim('1Gi'), helm),
      (api) => api.apply(claim('2Gi'), helm),
    ]));

  test('the template of a Job, the type of a Secret', () =>
    inTurn([
      (api) => api.apply(job('example/seed:1'), helm),
      (api) => api.apply(job('example/seed:1'), helm),
      (api) => api.apply(job('example/seed:2'), helm),
      (api) => api.apply(secret('Opaque', { a: 'YQ==' }), own),
      (api) => api.apply(secret('Opaque', { b: 'Yg==' }), own),
      (api) => api.apply(secret('example.com/other', { b: 'Yg==' }), own),
    ]));
});

test('an autoscaler whose minimum somebody else set', () => {
  const HPA = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'web' };
  const hpa = (minReplicas: number | undefined): KubernetesObject => ({
    apiVersion: HPA.apiVersion,
    kind: HPA.kind,
    metadata: { name: 'web', namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      maxReplicas: 5,
      ...(minReplicas !== undefined && { minReplicas }),
    },
  });
  return inTurn([
    (api) => api.apply(hpa(2), helm).then(() => undefined),
    (api) =>
      api
        .patch(HPA, { metadata: { annotations: { held: '2' } }, spec: { minReplicas: 4 } }, { type: 'merge', fieldManager: 'todo-deploy' })
        .then(minimum),
    (api) => api.apply(hpa(undefined), helm).then(minimum),
    (api) => api.apply(hpa(3), helm).then(minimum),
    (api) => api.patch(HPA, { metadata: { annotations: { held: null } } }, { type: 'merge', fieldManager: 'todo-deploy' }).then(minimum),
    (api) => api.apply(hpa(undefined), helm).then(minimum),
  ]);
});

const minimum = ({ metadata, spec }: KubernetesObject): unknown => [metadata.annotations, (spec as { minReplicas?: number }).minReplicas];
