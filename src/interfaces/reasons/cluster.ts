import type { ReasonFacts } from './facts.ts';

/** Why pods and hooks of a version do not come up, by what the cluster says of them. */
export const CLUSTER = {
  'image-not-found': {
    title: 'image not found',
    meaning: 'The registry does not have an image that the pods need.',
    todo: 'Check tag or digest and repository; was the image pushed?',
    example: 'The image registry.example.com/acme/todo-backend:v9 does not exist in the registry',
  },
  'registry-auth': {
    title: 'the registry refuses the pull',
    meaning: 'The registry does not let the cluster pull an image.',
    todo: 'Check that the image exists and that the pods have a pull secret for this registry (input "image-pull-secrets").',
    example: 'The registry does not let the cluster pull registry.example.com/acme/todo-backend:v9: 401 Unauthorized',
  },
  'image-pull': {
    title: 'image not pulled',
    meaning: 'An image cannot be pulled, for a reason other than that it is missing or protected.',
    todo: 'The registry could not be reached from the node, or answered with an error.',
    example: 'The image registry.example.com/acme/todo-backend:v9 cannot be pulled: dial tcp 203.0.113.9:443: i/o timeout',
  },
  'image-architecture': {
    title: 'image of another platform',
    meaning: "An image, or the program that it starts, is not made for the nodes' operating system and processor.",
    todo: 'Build it for the platform of the nodes (input "platforms" of build-push). A script needs a first line such as #!/bin/sh.',
    example:
      'The image registry.example.com/acme/todo-backend:v9 is not built for the platform of the node: no match for platform in manifest',
  },
  'crash-loop': {
    title: 'the app crashes',
    meaning: 'A container of the new version exits repeatedly right after it starts.',
    todo: 'The last lines of its log say why.',
    example: 'Container "backend" of Deployment/todo-backend-green crashes right after it starts: 3 times (exit code 1)',
  },
  'out-of-memory': {
    title: 'out of memory',
    meaning: 'A container was killed for using more memory than its limit.',
    todo: 'Raise resources.limits.memory, or find what uses it.',
    example: 'Container "backend" of Deployment/todo-backend-green was killed 2 times for using more memory than its limit (OOMKilled)',
  },
  'missing-config': {
    title: 'configuration is missing',
    meaning: 'A container refers to a ConfigMap, a Secret or a key that does not exist.',
    todo: 'Add the ConfigMap, Secret or key to the chart, or give it with the input "secrets".',
    example: 'Container "backend" of Deployment/todo-backend-green needs configuration that is not there: secret "todo-database" not found',
  },
  'sandbox-failed': {
    title: 'a node cannot set pods up',
    meaning: "A node's network or container runtime fails before any container of a pod starts.",
    todo: 'Look at the node, its network plugin (CNI) and, where the chart names one, the RuntimeClass: kubectl get nodes, then kubectl describe pod.',
    example:
      'The node cannot set pod todo-backend-green-5d9c-x7k2p up: plugin type="cilium-cni" failed (add): unable to connect to Cilium agent',
  },
  'namespace-terminating': {
    title: 'the namespace is being deleted',
    meaning: 'Somebody deletes the namespace: nothing can be created in it any more.',
    todo: 'Wait until it is gone, then deploy again; or use another one. What holds it: kubectl get namespace <namespace> --output yaml',
    example: 'The namespace "todo" is being deleted: nothing can be created in it',
  },
  'bad-command': {
    title: 'the command cannot start',
    meaning: 'The command of a container does not exist in its image, or cannot be run.',
    todo: "Check command and args against the image's content.",
    example: 'Container "backend" of Deployment/todo-backend-green cannot start: exec: "serve": executable file not found in $PATH',
  },
  'start-failed': {
    title: 'a container cannot be set up',
    meaning: 'The node cannot set a container up, for a reason other than its command: a mount, a device, a setting.',
    todo: 'Check volumeMounts, subPath and securityContext of the container against what the message says.',
    example:
      'Container "backend" of Deployment/todo-backend-green cannot start: a volume cannot be mounted at "/etc/app.conf": not a directory',
  },
  'runs-as-root': {
    title: 'the image runs as root',
    meaning: "The chart asks for a user other than root (runAsNonRoot), and the image's user is root or a name.",
    todo: 'Give the image a numeric user (USER 1000), or set securityContext.runAsUser in the chart.',
    example:
      'Container "backend" of Deployment/todo-backend-green may not run as root: container has runAsNonRoot and image will run as root',
  },
  'liveness-killed': {
    title: 'killed by a probe',
    meaning: 'The liveness or startup probe of a container fails, so its kubelet kills it again and again.',
    todo: 'Correct path and port of the probe, or give an app that starts slowly a startupProbe.',
    example: 'Container "backend" of Deployment/todo-backend-green is killed by its liveness probe GET :8000/health answered 404: 2 times',
  },
  'host-not-found': {
    title: 'a name is not found',
    meaning: 'A container ends or waits since a name that it needs, such as the database, does not resolve.',
    todo: 'Correct the name: kubectl get services',
    example:
      'Container "backend" of Deployment/todo-backend-green does not find "todo-postgre": could not translate host name "todo-postgre" to address',
  },
  'login-refused': {
    title: 'a login is refused',
    meaning: 'A container ends or waits since the database, or another service, does not take its user, password or database name.',
    todo: "Compare them with the server's. A PostgreSQL volume keeps the password of its first start, whatever the Secret says later.",
    example:
      'Container "backend" of Deployment/todo-backend-green is refused the login: FATAL: password authentication failed for user "todo"',
  },
  'connection-blocked': {
    title: 'a NetworkPolicy blocks it',
    meaning: 'A container ends or waits since a NetworkPolicy does not let it reach what it needs.',
    todo: 'Let it through: a rule for the labels of its pods, and the port of what they call.',
    example:
      'Container "backend" of Deployment/todo-backend-green does not reach Service todo-postgres, port 5432: …; it is not let through by NetworkPolicy/todo-postgres (ingress of pod todo-postgres-0)',
  },
  unreachable: {
    title: 'something needed does not answer',
    meaning: 'A container ends or waits since something that it calls refuses the connection or does not answer.',
    todo: 'Is it there, ready, and listening on that port? kubectl get services,endpointslices,pods',
    example:
      'Container "backend" of Deployment/todo-backend-green does not reach Service todo-postgres, port 5432: connect ECONNREFUSED 10.96.0.7:5432',
  },
  'service-selects-nothing': {
    title: 'a Service selects nothing',
    meaning: 'A container calls a Service whose selector matches no pod.',
    todo: 'Give the Service the labels of its pods: kubectl get pods --show-labels',
    example:
      'Container "backend" of Deployment/todo-backend-green does not reach Service todo-redis, port 6379: …; it selects no pod: app=redis',
  },
  'init-failed': {
    title: 'an init container failed',
    meaning: 'An init container of the new version ends with an error.',
    todo: 'The last lines of its log say why.',
    example: 'Init container "wait" of Deployment/todo-backend-green failed 2 times (exit code 1)',
  },
  'init-waiting': {
    title: 'an init container waits',
    meaning: 'An init container runs on, and the containers after it wait for its end.',
    todo: 'The last lines of its log say what it waits for: a wrong name, or what no step of the deploy makes.',
    example: 'Init container "wait" of Deployment/todo-backend-green still runs after 600 s, and what comes after it waits',
  },
  'hook-failed': {
    title: 'a hook failed',
    meaning: 'A hook or a Job of the chart, such as a migration, failed.',
    todo: 'The last lines of its log say why.',
    example: 'The hook Job/todo-migrate of the base failed: pod todo-migrate-x7k2p, container "migrate", ended with exit code 1',
  },
  'job-unfinished': {
    title: 'a Job is not done',
    meaning: 'A Job of the chart has not come to its end in time.',
    todo: 'The last lines of its log say what it does; the input "timeout" gives it more time.',
    example: 'Job/todo-seed has not come to its end after 600 s: container "seed" of pod todo-seed-x7k2p runs',
  },
  'not-ready': {
    title: 'not ready in time',
    meaning: 'The pods of the new version run, but do not become ready.',
    todo: 'Check the readiness probe, or give it more time with the input "timeout".',
    example: 'Container "backend" of Deployment/todo-backend-green was not ready within 600 s (readiness probe GET :8000/health)',
  },
  paused: {
    title: 'a workload is paused',
    meaning: 'A Deployment of the chart is paused: nothing of the new version is started.',
    todo: 'Take spec.paused out of the chart, or: kubectl rollout resume deployment <name>',
    example: 'Deployment/todo-backend-green is paused (spec.paused): its controller makes no pods of the new version',
  },
  evicted: {
    title: 'pods are evicted',
    meaning: 'The cluster takes the pods of the new version away: a full node, a drain, or a limit that they exceed.',
    todo: 'Look at the nodes: kubectl describe nodes. Requests near to what the pods use keep them where they are.',
    example:
      'Pods of Deployment/todo-backend-green were evicted 2 times: Pod ephemeral local storage usage exceeds the total limit of containers 10Mi.',
  },
  'node-lost': {
    title: 'a node does not answer',
    meaning: 'The node of a pod does not answer; its controller makes another pod after five minutes.',
    todo: 'Look at the node: kubectl get nodes. A pod of a StatefulSet stays until its node is back or removed.',
    example: 'The node node2 of pod todo-backend-green-5d9c-x7k2p does not answer any more',
  },
  unschedulable: {
    title: 'no room on the nodes',
    meaning: 'No node can take a pod of the new version.',
    todo: 'Two versions run side by side during a deploy: the nodes must hold both. Lower the requests or add a node.',
    example: 'No node can take pod todo-backend-green-5d9c-x7k2p: 0/3 nodes are available: 3 Insufficient cpu.',
  },
  'quota-exceeded': {
    title: 'quota exceeded',
    meaning: 'A ResourceQuota of the namespace does not hold both versions.',
    todo: 'Two versions run side by side during a deploy: raise the quota, or lower requests or replicas.',
    example: 'Deployment/todo-backend-green cannot create pods: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4',
  },
  'resources-required': {
    title: 'a quota asks for resources',
    meaning: 'A ResourceQuota of the namespace asks for requests or limits that the pods do not have.',
    todo: 'Set resources.requests and resources.limits of every container, or give the namespace defaults by a LimitRange.',
    example: 'Deployment/todo-backend-green cannot create pods: failed quota: team: must specify limits.cpu for: backend',
  },
  'limit-range': {
    title: 'outside of the LimitRange',
    meaning: 'A LimitRange of the namespace does not allow the requests or limits of the pods.',
    todo: 'Change resources.requests and resources.limits to what it allows: kubectl describe limitrange',
    example: 'Deployment/todo-backend-green cannot create pods: maximum memory usage per Container is 128Mi, but limit is 1Gi',
  },
  'volume-pending': {
    title: 'a volume is missing',
    meaning: 'A pod waits for a volume that is not provided.',
    todo: 'Check the claim and its storage class: kubectl get pvc,storageclass',
    example: 'Pod todo-postgres-0 waits for a volume: storageclass.storage.k8s.io "fast" not found',
  },
  'admission-refused': {
    title: 'refused by the cluster',
    meaning: 'An admission webhook, a policy or Pod Security does not admit an object of the chart.',
    todo: 'Change the chart as the refusal says, or have the policy changed.',
    example:
      'The cluster refuses the pods of Deployment/todo-backend-green: pods "x" is forbidden: violates PodSecurity "restricted:latest"',
  },
  'webhook-unreachable': {
    title: 'a webhook does not answer',
    meaning: 'An admission webhook that has to be asked does not answer, so the cluster takes no such object.',
    todo: 'Bring the program behind the webhook back, or remove its configuration: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
    example:
      'Deployment/todo-backend-green cannot create pods: Internal error occurred: failed calling webhook "policy.example.com": connection refused',
  },
} as const satisfies Record<string, ReasonFacts>;
