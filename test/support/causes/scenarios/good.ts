import { deployment, http, job, object, type Scenario, server, shell } from '../scenario.ts';

const scratch = { volumes: [{ name: 'scratch', emptyDir: {} }] };
const onScratch = { volumeMounts: [{ name: 'scratch', mountPath: '/s' }] };
/** Fails as long as there are fewer marks than `times`: they outlive a container. */
const failsFirst = (times: number): string => `[ $(ls /s | wc -l) -ge ${times} ] || { touch /s/$(ls /s | wc -l); echo "not yet"; exit 1; }`;
const ready = http('/');

/** What looks like a failure for a while, and is none. */
export const GOOD: readonly Scenario[] = [
  { name: 'good-slow-start', objects: [deployment(server({ readinessProbe: ready }, 'sleep 12'))], verdict: 'ready' },
  {
    name: 'good-slow-start-with-startup-probe',
    objects: [
      deployment(server({ readinessProbe: ready, livenessProbe: ready, startupProbe: http('/', { failureThreshold: 30 }) }, 'sleep 8')),
    ],
    verdict: 'ready',
  },
  {
    name: 'good-flapping-probe',
    objects: [
      deployment(
        server({
          readinessProbe: {
            exec: {
              command: ['sh', '-c', 'n=$(cat /tmp/n 2>/dev/null || echo 0); echo $((n+1)) > /tmp/n; [ $((n % 2)) = 0 ] || [ $n -gt 12 ]'],
            },
            periodSeconds: 1,
            failureThreshold: 1,
          },
        }),
      ),
    ],
    verdict: 'ready',
  },
  {
    name: 'good-crashes-once',
    objects: [deployment(server({ ...onScratch, readinessProbe: ready }, failsFirst(1)), scratch)],
    verdict: 'ready',
  },
  {
    name: 'good-init-fails-once',
    objects: [
      deployment(server({ readinessProbe: ready }), {
        ...scratch,
        initContainers: [{ name: 'wait', ...shell(`${failsFirst(1)}; sleep 5`, onScratch) }],
      }),
    ],
    verdict: 'ready',
  },
  {
    name: 'good-evicted',
    objects: [deployment(server({ readinessProbe: ready }, 'sleep 5'), {}, { replicas: 2 })],
    hands: [{ afterMs: 5_000, kubectl: ['delete', 'pods', '--selector=app=web', '--grace-period=1', '--wait=false'] }],
    verdict: 'ready',
  },
  {
    name: 'good-secret-comes-later',
    objects: [deployment(server({ envFrom: [{ secretRef: { name: 'database' } }] }))],
    hands: [
      { afterMs: 5_000, kubectl: ['apply', '--filename=-'], input: object('v1', 'Secret', 'database', { stringData: { PASSWORD: 'x' } }) },
    ],
    verdict: 'ready',
  },
  {
    name: 'good-quota-is-freed',
    before: [object('v1', 'ResourceQuota', 'team', { spec: { hard: { pods: '0' } } })],
    objects: [deployment(server())],
    hands: [{ afterMs: 3_000, kubectl: ['delete', 'quota', 'team'] }],
    limitMs: 120_000,
    verdict: 'ready',
  },
  {
    name: 'good-job-tries-again',
    objects: [job(shell(failsFirst(3), onScratch), { backoffLimit: 6 }, { ...scratch, restartPolicy: 'OnFailure' })],
    limitMs: 120_000,
    verdict: 'ready',
  },
  {
    name: 'good-waits-for-the-other',
    objects: [
      object('v1', 'Service', 'api', { spec: { selector: { app: 'api' }, ports: [{ port: 8080 }] } }),
      deployment(server({ readinessProbe: ready }, 'sleep 12'), {}, {}, 'api'),
      deployment(server({ readinessProbe: ready }, 'wget -T 2 -q -O /dev/null http://api:8080/ || exit 1')),
    ],
    limitMs: 120_000,
    verdict: 'ready',
  },
];
