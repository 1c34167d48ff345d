import { join } from 'node:path';
import type { ProcessRunner } from '../../src/interfaces/process.ts';
import { type DemoCluster, ROOT } from '../environment.ts';
import { UserRepository } from '../workflow/repository.ts';
import { expression, mainJob, ROLLBACK_WORKFLOW, rollbackJob, WORKFLOW } from '../workflow/yaml.ts';

/** A name that does not resolve: the deploy says which record to create, and reaches the app by the Ingress's address. */
export const HOST = 'todo.example.test';

/** The todo app's own repository, with the workflow and values that its team would write for this cluster. */
export async function todoRepository(dir: string, namespace: string, cluster: DemoCluster, runner: ProcessRunner): Promise<UserRepository> {
  const repository = await UserRepository.create(
    dir,
    { [join(ROOT, 'examples/todo')]: '.', [join(ROOT, 'charts/todo')]: 'charts/todo' },
    runner,
  );
  repository.write(WORKFLOW, workflow(namespace, cluster));
  repository.write(ROLLBACK_WORKFLOW, rollbackJob({ release: 'todo', namespace, bake: '5s', drain: '5s' }));
  repository.write('deploy/values.yaml', values(cluster));
  return repository;
}

const registryOf = (cluster: DemoCluster) => `${cluster.registry.host}/${cluster.registry.prefix}`;

function workflow(namespace: string, cluster: DemoCluster): string {
  return mainJob({
    cluster,
    registry: registryOf(cluster),
    images: 'todo-frontend: ./frontend\ntodo-backend: ./backend\n',
    chart: './charts/todo',
    valueFiles: 'deploy/values.yaml',
    release: 'todo',
    namespace,
    appSecrets: `todo-database/password=${expression('secrets.DATABASE_PASSWORD')}`,
    bake: '5s',
    drain: '5s',
    smoke: `- service: todo-backend
  path: /api/health
  json: {status: database connected}
- service: todo-frontend
  path: /version
- path: /api/health
`,
    smokeAfter: `- service: todo-frontend
  path: /version
  json: {frontend: "${expression('github.sha')}", backend: "${expression('github.sha')}"}
`,
  });
}

function values(cluster: DemoCluster): string {
  return `# Both start sooner, and answer sooner, with more than the chart's own limits: the load is for two small pods of each.
frontend:
  image: {repository: ${registryOf(cluster)}/todo-frontend}
  resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: '1', memory: 256Mi}}
backend:
  image: {repository: ${registryOf(cluster)}/todo-backend}
  resources: {requests: {cpu: 200m, memory: 256Mi}, limits: {cpu: '1', memory: 512Mi}}
database:
  existingSecret: todo-database
postgres:
  storage: {size: 1Gi}
  resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: '1', memory: 512Mi}}
ingress:
  enabled: true
  className: ${cluster.ingress.className}
  hosts: [${HOST}]
`;
}
