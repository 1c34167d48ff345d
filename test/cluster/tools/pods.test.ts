import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { POD } from '../../../src/deploy/kube/names.ts';
import { UndiciHttp } from '../../../src/tools/http.ts';
import { failure, manager, workplace } from './support.ts';

const { namespace, kubernetes } = workplace('td-tools-pods');

describe('pods', () => {
  test('logs, and HTTP through a port-forward, to a pod of the cluster itself', async () => {
    const { items } = await kubernetes.list(POD, { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' });
    const pod = { namespace: 'kube-system', name: items[0]?.metadata.name ?? '' };
    const container = items[0]?.spec?.containers[0]?.name ?? '';
    expect(await kubernetes.logs(pod, { container, tailLines: 5 })).not.toBe('');
    const http = new UndiciHttp();
    const ask = (port: number) =>
      http.request({ method: 'GET', url: `http://pod:${port}/ready`, timeoutMs: 5000, connect: () => kubernetes.portForward(pod, port) });
    expect(await ask(8181)).toMatchObject({ status: 200, body: 'OK' });
    const closed = await failure(ask(4444));
    expect([closed.code, closed.message]).toEqual(['Refused', 'GET http://pod:4444/ready: connection refused']);
    const gone = await failure(kubernetes.portForward({ namespace: 'kube-system', name: 'no-such-pod' }, 80));
    expect([gone.status, gone.message]).toEqual([404, expect.stringContaining('no-such-pod')]);
  });

  test('large answers come whole through a port-forward, several side by side', async () => {
    const image = 'busybox:1.37';
    const command = ['sh', '-c', 'dd if=/dev/urandom of=/tmp/big bs=1M count=20 && sha256sum /tmp/big && exec httpd -f -p 8080 -h /tmp'];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'server', namespace },
      spec: { containers: [{ name: 'server', image, command }] },
    };
    await kubernetes.apply(pod, manager);
    const stop = AbortSignal.timeout(90_000);
    for await (const { object } of kubernetes.watch(POD, { fieldSelector: 'metadata.name=server', signal: stop })) {
      if (object.status?.phase === 'Running') break;
    }
    const http = new UndiciHttp();
    const connect = () => kubernetes.portForward({ name: 'server' }, 8080);
    const log = () => kubernetes.logs({ name: 'server' }, { container: 'server' });
    const ready = async (): Promise<boolean> =>
      http.request({ method: 'GET', url: 'http://server/none', timeoutMs: 5000, connect }).then(
        () => true,
        () => false,
      );
    while (!(await ready()) && !stop.aborted) await new Promise((resolve) => setTimeout(resolve, 200));
    const expected = /^[0-9a-f]{64}/m.exec(await log())?.[0];
    const digests = await Promise.all(
      [1, 2, 3].map(async () => {
        const stream = await connect();
        stream.write('GET /big HTTP/1.0\r\n\r\n');
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        const whole = Buffer.concat(chunks);
        return createHash('sha256')
          .update(whole.subarray(whole.indexOf('\r\n\r\n') + 4))
          .digest('hex');
      }),
    );
    expect(digests).toEqual([expected, expected, expected]);
  }, 120_000);
});
