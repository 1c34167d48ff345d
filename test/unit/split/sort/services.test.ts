import { describe, expect, test } from '@jest/globals';
import { cronJob, deployment, find, service, split, statefulSet, texts } from '../helpers.ts';

const web = deployment('web');

describe('stable Services', () => {
  test('lose only their selector, which the plan keeps', () => {
    const rendered = service(
      'web',
      {
        type: 'NodePort',
        sessionAffinity: 'ClientIP',
        externalTrafficPolicy: 'Cluster',
        ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort: 30080, appProtocol: 'h2c' }],
      },
      { labels: { a: 'b' }, annotations: { c: 'd' } },
    );
    const result = split([web, rendered], { color: 'green' });
    const { selector, ...spec } = rendered.spec as Record<string, unknown>;
    expect(find(result.baseObjects, 'Service/web')).toEqual({ ...rendered, spec });
    expect(result.services).toEqual([{ name: 'web', selector, ports: (rendered.spec as { ports?: object }).ports, workloads: ['web'] }]);
    expect(result.colorServices).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web-green', labels: { 'todo-deploy.dev/app': 'todo', 'todo-deploy.dev/color': 'green' } },
        spec: {
          type: 'ClusterIP',
          selector: { app: 'web', 'todo-deploy.dev/color': 'green' },
          ports: [{ name: 'http', port: 80, targetPort: 'http', appProtocol: 'h2c', protocol: 'TCP' }],
          sessionAffinity: 'ClientIP',
        },
      },
    ]);
  });

  const port = (targetPort: number | string | undefined, extra: object = {}) => ({
    ports: [{ port: 80, ...(targetPort === undefined ? {} : { targetPort }), ...extra }],
  });
  test.each([
    ['a named port that a container has', port('http'), true],
    ['a name that no container has', port('grpc'), false],
    ['a name of another protocol', port('http', { protocol: 'UDP' }), false],
    ['any number', port(1234), true],
    ['no target port', port(undefined), true],
    [
      'one of two ports',
      {
        ports: [
          { name: 'a', port: 1, targetPort: 'grpc' },
          { name: 'b', port: 2, targetPort: 'http' },
        ],
      },
      true,
    ],
    ['a selector with more labels than the pods', { selector: { app: 'web', tier: 'front' } }, false],
    ['no selector', { selector: {} }, false],
    ['another name', { type: 'ExternalName', externalName: 'example.com' }, false],
  ])('are found by selector and port: %s', (_name, spec, stable) => {
    expect(split([web, service('web', spec)]).services).toHaveLength(stable ? 1 : 0);
  });

  test('a port of a sidecar counts, one of an ordinary init container does not', () => {
    const sidecar = (restart: object) =>
      deployment('web', { spec: { initContainers: [{ name: 'proxy', ports: [{ name: 'grpc', containerPort: 1 }], ...restart }] } });
    expect(split([sidecar({ restartPolicy: 'Always' }), service('web', port('grpc'))]).services).toHaveLength(1);
    expect(split([sidecar({}), service('web', port('grpc'))]).services).toHaveLength(0);
  });

  test('one Service may lead to several workloads', () => {
    const shared = { app: 'web', 'app.kubernetes.io/part-of': 'todo' };
    const result = split([
      deployment('web', { labels: shared }),
      deployment('api', { labels: { ...shared, app: 'api' } }),
      service('all', { selector: { 'app.kubernetes.io/part-of': 'todo' } }),
    ]);
    expect(result.services[0]?.workloads).toEqual(['web', 'api']);
  });

  test('a headless Service of the database is none of ours', () => {
    const headless = service('db', { clusterIP: 'None', selector: { app: 'db' } });
    const result = split([web, statefulSet('db'), headless]);
    expect(result.refusals).toEqual([]);
    expect(find(result.baseObjects, 'Service/db')).toEqual(headless);
  });

  test('a shared pod without the named port is not reached, so nothing is refused', () => {
    const database = statefulSet('db', { labels: { app: 'web' }, container: { ports: [{ name: 'sql', containerPort: 5432 }] } });
    expect(split([web, database, service('web')]).refusals).toEqual([]);
  });

  test('pods of a CronJob behind it are pointed out', () => {
    expect(texts(split([web, service('web'), cronJob('nightly', { labels: { app: 'web' } })]).warnings)).toEqual([
      'Service/web: selects the pods of CronJob/nightly, too: users may reach them while they run',
    ]);
  });

  describe('what users would meet behind a Service is said', () => {
    const labels = { app: 'web' };
    const server = (ports: object[]) => deployment('server', { labels, container: { ports } });
    const worker = (ports: object[]) => deployment('worker', { labels, container: { ports } });
    const http = { name: 'http', containerPort: 8080 };

    test('two workloads, of which one does not have the port', () => {
      const found = split([server([http]), worker([]), service('web', port(8080))]);
      expect(texts(found.warnings)).toEqual([
        'Service/web: selects the pods of Deployment/server and Deployment/worker; those of Deployment/worker have no port 8080: what reaches them there is refused',
      ]);
      expect(found.warnings[0]?.hint).toContain('one label more');
    });

    test('two workloads that both have it, or of which nothing is known', () => {
      const message = 'Service/web: selects the pods of Deployment/server and Deployment/worker: its users meet either';
      expect(texts(split([server([http]), worker([http]), service('web', port(8080))]).warnings)).toEqual([message]);
      expect(texts(split([server([]), worker([]), service('web', port(8080))]).warnings)).toEqual([message]);
    });

    test('a port by name that one of them does not have leads to the other alone: nothing to say', () => {
      expect(split([server([http]), worker([]), service('web', port('http'))]).warnings).toEqual([]);
    });

    const two = {
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        { name: 'metrics', port: 9090, targetPort: 'metrics' },
      ],
    };
    const message =
      'its port "metrics" (9090) leads to a container port "metrics", and Deployment/server has none of that name: nobody is served there';

    test('a port by name that its pods do not have, beside one that they have', () => {
      const found = split([server([http]), service('web', two)]);
      expect(texts(found.warnings)).toEqual([`Service/web: ${message}`]);
      expect(found.warnings[0]?.hint).toContain('{name: metrics, containerPort: …}');
    });

    test('the same for pods that both colors share', () => {
      const found = split([web, statefulSet('db', { container: { ports: [http] } }), service('db', two)]);
      expect(texts(found.warnings)).toEqual([`Service/db: ${message.replace('Deployment/server', 'StatefulSet/db')}`]);
    });
  });

  test('a Service with a port that no pod has is left alone, and pointed out', () => {
    const rendered = service('web', port('grpc'));
    const result = split([web, rendered]);
    expect(find(result.baseObjects, 'Service/web')).toEqual(rendered);
    expect(texts(result.warnings)).toEqual([expect.stringContaining('none of them has a port of that name')]);
  });
});
