import { deployment, job, object, REGISTRY, type Scenario, server, shell } from '../scenario.ts';

const quota = (hard: object) => object('v1', 'ResourceQuota', 'team', { spec: { hard } });
const SELF = '$NAMESPACE';
const ours = { matchLabels: { 'kubernetes.io/metadata.name': SELF } };
const podRule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const claim = (name: string, spec: object) =>
  object('v1', 'PersistentVolumeClaim', name, {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } }, ...spec },
  });
const mounting = (name: string) =>
  deployment(server({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }), {
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
  });

/** Nodes, volumes, limits, and who else decides. */
export const CLUSTER: readonly Scenario[] = [
  {
    name: 'unschedulable',
    objects: [deployment(server({ resources: { requests: { cpu: '900' } } }))],
    limitMs: 90_000,
    verdict: {
      reason: 'unschedulable',
      sign: /Unschedulable/,
      message: /No node can take pod web-\S+: 0\/2 nodes are available: 2 Insufficient cpu/,
      hint: /Lower the requests/,
      evidence: /Insufficient cpu/,
    },
  },
  {
    name: 'storage-class',
    objects: [claim('data', { storageClassName: 'fast' }), mounting('data')],
    limitMs: 90_000,
    verdict: {
      reason: 'volume-pending',
      sign: /Unschedulable/,
      message: /claim data: storageclass.storage.k8s.io "fast" not found/,
      hint: /Name a storage class/,
      evidence: /persistentvolumeclaim|unbound/i,
    },
  },
  {
    name: 'claim-missing',
    objects: [mounting('uploads')],
    limitMs: 90_000,
    verdict: {
      reason: 'volume-pending',
      sign: /Unschedulable/,
      message: /persistentvolumeclaim "uploads" not found/,
      hint: /Add the claim/,
      evidence: /uploads/,
    },
  },
  {
    name: 'sandbox-failed',
    before: [object('node.k8s.io/v1', 'RuntimeClass', SELF, { handler: 'none' })],
    objects: [deployment(server(), { runtimeClassName: SELF })],
    limitMs: 60_000,
    verdict: {
      reason: 'sandbox-failed',
      sign: /FailedCreatePodSandBox/,
      message: /The node cannot set pod web-\S+ up: .*no runtime for "none" is configured/,
      hint: /RuntimeClass/,
      evidence: /no runtime/,
    },
  },
  {
    name: 'quota-exceeded',
    before: [quota({ pods: '0' })],
    objects: [deployment(server())],
    verdict: {
      reason: 'quota-exceeded',
      sign: /FailedCreate\b|ReplicaFailure/,
      message: /cannot create pods: exceeded quota: team, requested: pods=1, used: pods=0, limited: pods=0/,
      hint: /raise the quota/,
      evidence: /exceeded quota/,
    },
  },
  {
    name: 'resources-required',
    before: [quota({ 'limits.cpu': '4' })],
    objects: [deployment(server())],
    verdict: {
      reason: 'resources-required',
      sign: /FailedCreate\b|ReplicaFailure/,
      message: /cannot create pods: failed quota: team: must specify limits\.cpu for: web/,
      hint: /resources\.limits/,
      evidence: /must specify/,
    },
  },
  {
    name: 'limit-range',
    before: [object('v1', 'LimitRange', 'team', { spec: { limits: [{ type: 'Container', max: { memory: '64Mi' } }] } })],
    objects: [deployment(server({ resources: { limits: { memory: '1Gi' } } }))],
    verdict: {
      reason: 'limit-range',
      sign: /FailedCreate\b|ReplicaFailure/,
      message: /cannot create pods: maximum memory usage per Container is 64Mi, but limit is 1Gi/,
      hint: /kubectl describe limitrange/,
      evidence: /maximum memory/,
    },
  },
  {
    name: 'pod-security',
    standard: 'restricted',
    objects: [deployment(server())],
    verdict: {
      reason: 'admission-refused',
      sign: /FailedCreate\b|ReplicaFailure/,
      message: /The cluster refuses the pods of Deployment\/web: .*violates PodSecurity "restricted/,
      hint: /Pod Security standard "restricted"/,
      evidence: /allowPrivilegeEscalation/,
    },
  },
  {
    name: 'policy-denies',
    before: [
      object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', SELF, {
        spec: {
          matchConstraints: { resourceRules: [podRule], namespaceSelector: ours },
          validations: [{ expression: 'false', message: 'no pods on Sundays' }],
        },
      }),
      object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', SELF, {
        spec: { policyName: SELF, validationActions: ['Deny'] },
      }),
    ],
    objects: [deployment(server())],
    verdict: {
      reason: 'admission-refused',
      sign: /FailedCreate\b|ReplicaFailure/,
      message: /The cluster refuses the pods of Deployment\/web: .*no pods on Sundays/,
      hint: /as the refusal says/,
      evidence: /no pods on Sundays/,
    },
  },
  {
    name: 'webhook-unreachable',
    before: [
      object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', SELF, {
        webhooks: [
          {
            name: 'policy.example.com',
            clientConfig: { service: { namespace: SELF, name: 'policy' } },
            rules: [podRule],
            namespaceSelector: ours,
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
          },
        ],
      }),
    ],
    objects: [deployment(server())],
    verdict: {
      reason: 'webhook-unreachable',
      sign: /FailedCreate\b|ReplicaFailure/,
      message: /cannot create pods: .*failed calling webhook "policy\.example\.com"/,
      hint: /Bring the program behind the webhook back/,
      evidence: /failed calling webhook/,
    },
  },
  {
    name: 'service-account-missing',
    objects: [deployment(server(), { serviceAccountName: 'robot' })],
    verdict: {
      reason: 'missing-config',
      sign: /FailedCreate\b|ReplicaFailure/,
      message: /cannot create pods: .*serviceaccount "robot" not found/,
      hint: /serviceAccountName/,
      evidence: /robot/,
    },
  },
  {
    name: 'paused',
    objects: [deployment(server(), {}, { paused: true })],
    verdict: { reason: 'paused', sign: /"paused":true/, message: /Deployment\/web is paused/, hint: /kubectl rollout resume/ },
  },
  {
    name: 'evicted',
    objects: [
      deployment(
        shell('head -c 40000000 /dev/zero > /tmp/big; sleep 600', { resources: { limits: { 'ephemeral-storage': '4Mi' } } }),
        {},
        { minReadySeconds: 120 },
      ),
    ],
    limitMs: 150_000,
    verdict: {
      reason: 'evicted',
      sign: /^\{"at":\d+,"kind":"Pod".*"reason":"Evicted"/,
      nth: 2,
      message: /Pods of Deployment\/web were evicted 2 times: .*ephemeral local storage/,
      hint: /writes more to its disk/,
      evidence: /Evicted/,
    },
  },
  {
    name: 'job-failed',
    objects: [job(shell('echo "no such table"; exit 4'), { backoffLimit: 1 })],
    limitMs: 90_000,
    verdict: {
      reason: 'hook-failed',
      sign: /"type":"Failed"/,
      message: /Job\/seed failed 2 times: container "seed" ended with exit code 4/,
      hint: /last lines of its log/,
      evidence: /no such table/,
    },
  },
  {
    name: 'job-deadline',
    objects: [job(shell('echo "at work"; sleep 600'), { activeDeadlineSeconds: 4 })],
    verdict: {
      reason: 'hook-failed',
      sign: /"type":"Failed"/,
      message: /Job\/seed failed: Job was active longer than specified deadline/,
      hint: /activeDeadlineSeconds/,
      evidence: /DeadlineExceeded/,
    },
  },
  {
    name: 'job-unfinished',
    objects: [job(shell('echo "calls http://web/setup"; sleep 600'))],
    limitMs: 10_000,
    verdict: {
      reason: 'job-unfinished',
      message: /Job\/seed has not come to its end after 10 s: container "seed" of pod seed-\S+ runs/,
      hint: /last lines of its log/,
      evidence: /calls http:\/\/web\/setup/,
    },
  },
  {
    name: 'hook-image-not-found',
    hook: 'Job/seed',
    objects: [job({ image: `${REGISTRY}/causes/none:1` }, {}, { imagePullSecrets: [{ name: 'registry' }] })],
    verdict: {
      reason: 'image-not-found',
      sign: /ErrImagePull|ImagePullBackOff/,
      message: /image \S+\/causes\/none:1 does not exist/,
      hint: /was the image pushed/,
      evidence: /not found/,
    },
  },
  {
    name: 'hook-not-admitted',
    hook: 'Job/seed',
    before: [quota({ pods: '0' })],
    objects: [job(shell('true'))],
    verdict: {
      reason: 'quota-exceeded',
      sign: /FailedCreate\b|ReplicaFailure/,
      message: /^The hook Job\/seed cannot create pods: exceeded quota/,
      hint: /raise the quota/,
    },
  },
];
