import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { deployment, object, POSTGRES, type Scenario } from '../scenario.ts';

const PASSWORD = 'a-password-of-the-recording';
const database: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'database' },
  spec: {
    selector: { matchLabels: { app: 'database' } },
    template: {
      metadata: { labels: { app: 'database' } },
      spec: {
        terminationGracePeriodSeconds: 1,
        enableServiceLinks: false,
        containers: [
          {
            name: 'postgres',
            image: POSTGRES,
            env: [
              { name: 'POSTGRES_USER', value: 'todo' },
              { name: 'POSTGRES_PASSWORD', value: PASSWORD },
            ],
            ports: [{ name: 'sql', containerPort: 5432 }],
            readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1', '-U', 'todo'] }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
};
const service = (selector: object = { app: 'database' }) =>
  object('v1', 'Service', 'todo-database', { spec: { selector, ports: [{ port: 5432 }] } });
const policy = (name: string, spec: object) => object('networking.k8s.io/v1', 'NetworkPolicy', name, { spec });

/** libpq's own client, as an app that ends when it has no database. */
const client = ({ host = 'todo-database', port = 5432, password = PASSWORD } = {}) =>
  deployment(
    {
      image: POSTGRES,
      // A policy needs a moment until it is in force.
      command: [
        'sh',
        '-c',
        'sleep 4; exec psql "$0" --command="select 1"',
        `host=${host} port=${port} user=todo dbname=todo connect_timeout=3`,
      ],
      env: [{ name: 'PGPASSWORD', value: password }],
    },
    {},
    // A look-up of a name that is not there takes it seconds.
    { minReadySeconds: 30 },
  );

/** A database that is not reached, each time for another reason. */
export const NETWORK: readonly Scenario[] = [
  {
    name: 'host-not-found',
    before: [service()],
    objects: [client({ host: 'todo-databse' })],
    verdict: {
      reason: 'host-not-found',
      sign: /CrashLoopBackOff/,
      message: /"web" of Deployment\/web does not find "todo-databse": .*could not translate host name/,
      hint: /There is no Service "todo-databse".*Is "todo-database" meant\?/,
      evidence: /could not translate/,
    },
  },
  {
    name: 'login-refused',
    before: [service(), database],
    objects: [client({ password: 'another' })],
    verdict: {
      reason: 'login-refused',
      sign: /CrashLoopBackOff/,
      message: /is refused the login: .*password authentication failed for user "todo"/,
      hint: /keeps the password of its first start/,
      evidence: /authentication failed/,
    },
  },
  {
    name: 'connection-blocked',
    before: [
      service(),
      database,
      policy('database', {
        podSelector: { matchLabels: { app: 'database' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'backend' } } }] }],
      }),
    ],
    objects: [client()],
    verdict: {
      reason: 'connection-blocked',
      sign: /CrashLoopBackOff/,
      message: /does not reach Service todo-database, port 5432: .*not let through by NetworkPolicy\/database \(ingress of pod database-/,
      hint: /a rule for the labels of its pods/,
      evidence: /connection to server/,
    },
  },
  {
    name: 'lookup-blocked',
    before: [service(), policy('closed', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: [] })],
    objects: [client()],
    verdict: {
      reason: 'connection-blocked',
      sign: /CrashLoopBackOff/,
      message: /may not look names up: .*not let through by NetworkPolicy\/closed \(egress of pod web-/,
      hint: /port 53/,
      evidence: /could not translate/,
    },
  },
  {
    name: 'service-selects-nothing',
    before: [service({ app: 'databse' }), database],
    objects: [client()],
    verdict: {
      reason: 'service-selects-nothing',
      sign: /CrashLoopBackOff/,
      message: /it selects no pod: app=databse/,
      hint: /Pod database-\S+ has app=database, and the Service asks for app=databse/,
      evidence: /connection to server/,
    },
  },
  {
    name: 'wrong-port',
    before: [service(), database],
    objects: [client({ port: 5433 })],
    verdict: {
      reason: 'unreachable',
      sign: /CrashLoopBackOff/,
      message: /does not reach Service todo-database, port 5433/,
      hint: /has no port 5433: it has 5432/,
      evidence: /5433/,
    },
  },
];
