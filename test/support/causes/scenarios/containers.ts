import { deployment, http, object, REGISTRY, type Scenario, server, shell } from '../scenario.ts';

const LOG = 'The last lines of its log say why';
const runsFiles = (files: Record<string, string>, mount: object, container: object) => [
  object('v1', 'ConfigMap', 'files', { data: files }),
  deployment(
    { ...container, volumeMounts: [{ name: 'files', ...mount }] },
    { volumes: [{ name: 'files', configMap: { name: 'files', defaultMode: 0o755 } }] },
    { minReadySeconds: 30 },
  ),
];

/** Images, commands, and what a container's own start needs. */
export const CONTAINERS: readonly Scenario[] = [
  {
    name: 'image-not-found',
    objects: [deployment({ image: `${REGISTRY}/causes/none:1` }, { imagePullSecrets: [{ name: 'registry' }] })],
    verdict: {
      reason: 'image-not-found',
      sign: /ErrImagePull|ImagePullBackOff/,
      message: /image \S+\/causes\/none:1 does not exist in the registry/,
      hint: /was the image pushed/,
      evidence: /not found/,
    },
  },
  {
    name: 'registry-auth',
    objects: [deployment({ image: `${REGISTRY}/causes/none:1` })],
    verdict: {
      reason: 'registry-auth',
      sign: /ErrImagePull|ImagePullBackOff/,
      message: /does not let the cluster pull/,
      hint: /image-pull-secrets/,
      evidence: /auth/,
    },
  },
  {
    name: 'image-pull',
    objects: [deployment({ image: '10.245.0.1:5999/none:1' })],
    limitMs: 90_000,
    verdict: {
      reason: 'image-pull',
      sign: /ErrImagePull|ImagePullBackOff/,
      message: /cannot be pulled: .*connection refused/,
      hint: /could not be reached from the node/,
      evidence: /refused/,
    },
  },
  {
    name: 'image-architecture',
    objects: runsFiles({ run: 'echo hello' }, { mountPath: '/files' }, shell('', { command: ['/files/run'] })),
    verdict: {
      reason: 'image-architecture',
      sign: /CrashLoopBackOff/,
      message: /"web" of Deployment\/web cannot start: exec \/files\/run: exec format error/,
      hint: /platforms/,
      evidence: /exec format/,
    },
  },
  {
    name: 'crash-loop',
    objects: [deployment(shell('echo "no setting GREETING"; exit 3'))],
    verdict: {
      reason: 'crash-loop',
      sign: /CrashLoopBackOff/,
      message: /"web" of Deployment\/web crashes right after it starts: 2 times \(exit code 3\)/,
      hint: RegExp(LOG),
      evidence: /no setting GREETING/,
    },
  },
  {
    name: 'comes-to-its-end',
    objects: [deployment(shell('echo "all done"'))],
    verdict: {
      reason: 'crash-loop',
      sign: /CrashLoopBackOff/,
      message: /comes to its end right after it starts: 2 times \(exit code 0\)/,
      hint: /What runs once is a Job/,
      evidence: /all done/,
    },
  },
  {
    name: 'out-of-memory',
    objects: [deployment(shell('sleep 1; tail /dev/zero', { resources: { limits: { memory: '24Mi' } } }), {}, { minReadySeconds: 30 })],
    verdict: {
      reason: 'out-of-memory',
      sign: /CrashLoopBackOff/,
      message: /killed 2 times for using more memory than its limit/,
      hint: /resources.limits.memory/,
      evidence: /OOMKilled/,
    },
  },
  {
    name: 'missing-secret',
    objects: [deployment(server({ env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } }] }))],
    verdict: {
      reason: 'missing-config',
      sign: /CreateContainerConfigError/,
      message: /needs configuration that is not there: secret "database" not found/,
      hint: /input "secrets"/,
      evidence: /database/,
    },
  },
  {
    name: 'missing-key',
    objects: [
      object('v1', 'Secret', 'database', { stringData: { passwort: 'x' } }),
      deployment(server({ env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } }] })),
    ],
    verdict: {
      reason: 'missing-config',
      sign: /CreateContainerConfigError/,
      message: /couldn't find key password in Secret \S+\/database/,
      hint: /key to the chart/,
      evidence: /key password/,
    },
  },
  {
    name: 'missing-volume-config',
    objects: [
      deployment(server({ volumeMounts: [{ name: 'c', mountPath: '/c' }] }), { volumes: [{ name: 'c', configMap: { name: 'settings' } }] }),
    ],
    verdict: {
      reason: 'missing-config',
      sign: /FailedMount/,
      message: /configmap "settings" not found \(volume "c"\)/,
      hint: /Add the ConfigMap/,
      evidence: /FailedMount/,
    },
  },
  {
    name: 'bad-command',
    objects: [deployment(shell('', { command: ['serve'] }))],
    verdict: {
      reason: 'bad-command',
      sign: /StartError|RunContainerError/,
      message: /cannot start: exec: "serve": executable file not found in \$PATH/,
      hint: /command and args/,
      evidence: /serve/,
    },
  },
  {
    name: 'start-failed',
    objects: runsFiles({ conf: 'a' }, { mountPath: '/etc', subPath: 'conf' }, server()),
    verdict: {
      reason: 'start-failed',
      sign: /StartError|RunContainerError/,
      message: /cannot start: a volume cannot be mounted at "\/etc": not a directory/,
      hint: /subPath/,
      evidence: /mount/,
    },
  },
  {
    name: 'runs-as-root',
    objects: [deployment(server({ securityContext: { runAsNonRoot: true } }))],
    verdict: {
      reason: 'runs-as-root',
      sign: /CreateContainerConfigError/,
      message: /may not run as root: container has runAsNonRoot and image will run as root/,
      hint: /USER 1000/,
      evidence: /runAsNonRoot/,
    },
  },
  {
    name: 'liveness-killed',
    objects: [deployment(server({ livenessProbe: http('/health', { failureThreshold: 2 }) }), {}, { minReadySeconds: 60 })],
    verdict: {
      reason: 'liveness-killed',
      sign: /CrashLoopBackOff|"restartCount":2/,
      message: /is killed by its liveness probe GET :8080\/health answered 404: 2 times/,
      hint: /does not know this path.*startupProbe/,
      evidence: /failed liveness probe/,
    },
  },
  {
    name: 'startup-killed',
    objects: [deployment(shell('echo starting; sleep 600', { startupProbe: http('/', { failureThreshold: 2 }) }))],
    verdict: {
      reason: 'liveness-killed',
      sign: /CrashLoopBackOff|"restartCount":2/,
      message: /is killed by its startup probe GET :8080\/ met no listener \(connection refused\): 2 times/,
      hint: /failureThreshold of its startupProbe/,
      evidence: /failed startup probe/,
    },
  },
  {
    name: 'probe-404',
    objects: [deployment(server({ readinessProbe: http('/ready') }))],
    limitMs: 12_000,
    verdict: {
      reason: 'not-ready',
      message: /was not ready within 12 s \(readiness probe GET :8080\/ready answered 404\)/,
      hint: /does not know this path/,
      evidence: /statuscode: 404/,
    },
  },
  {
    name: 'probe-refused',
    objects: [
      deployment(shell('echo "listening on 127.0.0.1"; sleep 600', { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } })),
    ],
    limitMs: 12_000,
    verdict: {
      reason: 'not-ready',
      message: /readiness probe TCP :8080 met no listener/,
      hint: /0\.0\.0\.0/,
      evidence: /listening on 127\.0\.0\.1/,
    },
  },
  {
    name: 'init-failed',
    objects: [deployment(server(), { initContainers: [{ name: 'wait', ...shell('echo "no such file"; exit 7') }] })],
    verdict: {
      reason: 'init-failed',
      sign: /CrashLoopBackOff|"restartCount":1/,
      message: /Init container "wait" of Deployment\/web failed 2 times \(exit code 7\)/,
      hint: RegExp(LOG),
      evidence: /no such file/,
    },
  },
  {
    name: 'init-waiting',
    objects: [
      deployment(server(), { initContainers: [{ name: 'wait', ...shell('while :; do echo "waiting for the migration"; sleep 1; done') }] }),
    ],
    limitMs: 12_000,
    verdict: {
      reason: 'init-waiting',
      message: /Init container "wait" of Deployment\/web still runs after 12 s/,
      hint: /what it waits for/,
      evidence: /waiting for the migration/,
    },
  },
];
