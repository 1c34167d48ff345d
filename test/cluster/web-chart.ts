import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LABELS = { app: 'web' };

/** A Deployment and a Service `web` that listens on 8080, as pods of the restricted profile; `more` of its container and of the Service. */
export const webChart = (image: string, more: { container?: object; service?: object; port?: object } = {}): Record<string, unknown>[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'web',
              image,
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
              ...more.container,
            },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: LABELS, ports: [{ port: 80, targetPort: 8080, ...more.port }], ...more.service },
  },
];

/** Files by their paths in a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}
