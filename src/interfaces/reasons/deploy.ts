import { CLUSTER } from './cluster.ts';
import type { ReasonFacts } from './facts.ts';

/** What a deploy or a rollback may say; `smoke-failed` is said by smoke-test, too. */
export const DEPLOY = {
  locked: {
    title: 'another run deploys this app',
    exitCode: 4,
    meaning: 'Another run held the lease of the app until the time limit.',
    todo: 'Wait for that run, or cancel it: its lease is given up or expires by itself.',
    example: '"todo" is being deployed by acme/todo, https://github.com/acme/todo/actions/runs/42; waited 600 s for it',
  },
  'lease-lost': {
    title: 'the lease was lost',
    exitCode: 4,
    meaning: 'The lease was taken by someone else, or could not be renewed in time: the run stopped where it was.',
    todo: 'Run the job again: it heals what this run left.',
    example: 'The lease "todo-deploy-todo" could not be renewed for 20 s',
  },
  'state-unclear': {
    title: 'what serves is not clear',
    meaning: 'The cluster and the journal contradict each other, so nothing is touched.',
    todo: 'Check which color serves: kubectl get services -o wide',
    example: 'The Services of "todo" select different colors: todo-backend → green, todo-frontend → blue',
  },
  'chart-invalid': {
    title: 'the chart is not valid',
    meaning: 'The chart does not render, or the API server refuses its objects.',
    todo: 'Try it: helm template <release> <chart> --values …',
    example:
      'The API server refuses Deployment/todo-backend-green (apps/v1, templates/backend.yaml line 8): spec.replicas: Invalid value: -1',
  },
  'api-removed': {
    title: 'a removed API version',
    meaning: 'The chart has an object of an API version that this Kubernetes does not serve any more.',
    todo: 'Write the version that the cluster serves: kubectl api-resources. A newer version of the chart may have it.',
    example:
      'The API server refuses the base: PodDisruptionBudget/todo: The cluster does not know the kind PodDisruptionBudget (policy/v1beta1)',
  },
  'kind-unknown': {
    title: 'a kind that the cluster lacks',
    meaning: 'The chart has an object of a kind whose definition is not installed.',
    todo: 'Install the operator that defines it, or switch this part of the chart off.',
    example:
      'The API server refuses the base: ServiceMonitor/todo: The cluster does not know the kind ServiceMonitor (monitoring.coreos.com/v1)',
  },
  'immutable-field': {
    title: 'a field that never changes',
    meaning: 'The chart changes a field of an object that is there, and Kubernetes lets nobody change it.',
    todo: 'Keep the field as it was, or delete the object first: the message names both.',
    example: 'The API server refuses the base: StatefulSet/db: updates to statefulset spec for fields other than … are forbidden',
  },
  'owned-by-others': {
    title: 'an object is not of this app',
    exitCode: 2,
    meaning: 'The app needs a name that an object of another Helm release, of kubectl or of another program has.',
    todo: 'Nothing of others is touched. Rename or remove these objects, or use another release name or namespace.',
    example: '"todo" needs a name that is taken in namespace prod: ConfigMap/todo-settings belongs to the Helm release "other"',
  },
  'gateway-missing': {
    title: 'a Gateway is missing',
    meaning: 'A route of the chart names a Gateway that does not exist, or whose GatewayClass does not: nobody would reach the app by it.',
    todo: "Create the Gateway, or correct the route's parentRefs: kubectl get gateways --all-namespaces",
    example: 'HTTPRoute/todo: leads users in by Gateway infra/shared, which does not exist',
  },
  'route-not-accepted': {
    title: 'no Gateway takes the route',
    meaning:
      'No listener of the Gateways that a route names takes it: namespace, kind, host, name or port do not fit, or its controller says so.',
    todo: "Correct the route, or the Gateway's listeners (allowedRoutes, hostname): kubectl describe httproutes,gateways",
    example: 'HTTPRoute/todo: no listener of Gateway infra/shared takes HTTPRoutes of namespace todo (NotAllowedByListeners)',
  },
  'route-unresolved': {
    title: 'a route leads nowhere',
    meaning: "What a route leads to is not there, has not that port, or may not be named from the route's namespace: its requests fail.",
    todo: "Correct the route's backendRefs; a Service of another namespace needs a ReferenceGrant there.",
    example: 'HTTPRoute/todo: leads to port 81 of Service todo-frontend, which has 80',
  },
  irreversible: {
    title: 'a migration cannot be undone',
    meaning: 'Since the wanted version a migration ran that its chart marks as irreversible.',
    todo: 'Roll back to a version deployed since then, or set "allow-irreversible" if the old version works with the new schema.',
    example: 'Job/todo-migrate ran after v3 and cannot be undone: v3 may not work with the schema as it is now',
  },
  provenance: {
    title: 'provenance not proved',
    meaning:
      'An image has no attestation that the input "verify" accepts: whose sources it was built from, and by which workflow, is not proved.',
    todo: 'Deploy an image that the workflow named in "verify" built and signed, or correct "verify".',
    example:
      'Not proved to be built from acme/todo, signed by a workflow of that repository: registry.example.com/acme/todo-backend@sha256:9f… has no attestation in the registry',
  },
  ...CLUSTER,
  'smoke-failed': {
    title: 'a check failed',
    meaning: 'A check of a deploy or of smoke-test did not get the response that it expects; `helm test` counts as one.',
    todo: 'The evidence shows what each check expected and saw.',
    example: 'Check "health" failed before the switch: expected 200–399, got 503 at pod todo-backend-green-5d9c-x7k2p',
  },
  'switch-failed': {
    title: 'traffic could not be switched',
    meaning: 'The Services could not be moved to the new color, or traffic did not follow them.',
    todo: 'Do what the message says, and deploy again: users are on the previous version.',
    example: 'Someone else changed the selector of Service todo-backend during the switch',
  },
  'bake-failed': {
    title: 'the new version failed under traffic',
    meaning: 'After the switch, containers of the new version ended, or too few pods behind a Service stayed ready.',
    todo: 'The last log lines in the evidence say why; users are back on the previous version.',
    example: 'No pod behind Service todo-backend is ready any more',
  },
  'selector-changed': {
    title: 'someone else switched users',
    meaning:
      'After the switch, someone changed where a Service of the app leads: that decision stands, and the run ends without its version.',
    todo: 'If the version was left on purpose, nothing. Else deploy again: kubectl get services -o wide shows who serves.',
    example:
      'Someone else decided where users go: Service todo-backend selects app=todo, todo-deploy.dev/color=blue, as kubectl-patch set it',
  },
  'helm-failed': {
    title: 'Helm failed',
    meaning: 'Helm failed for a reason that is none of the others.',
    todo: "Helm's own words are in the evidence.",
    example: 'The base could not be applied: context deadline exceeded',
  },
  'rollback-failed': {
    title: 'the rollback failed',
    exitCode: 3,
    meaning: 'The new version failed and rolling back to the version before failed too: a person has to look now.',
    todo: 'Check which color serves: kubectl get services -o wide. The next deploy heals what is left.',
    example: 'Check "front" failed after the switch: expected 200–399, got 502. The rollback failed too: connection refused',
  },
} as const satisfies Record<string, ReasonFacts>;
