import { describe, expect, test } from '@jest/globals';
import { whereIn } from '../../../../src/deploy/preflight/where.ts';

const template = `{{- if .Values.service.enabled }}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "app.fullname" . }}
spec:
  ports:
    - name: http
      port: {{ .Values.service.port }}
{{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "app.fullname" . }}-metrics
spec:
  ports:
    - port: 99999
`;
const rendered = `---
# Source: app/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - name: http
      port: 80
---
# Source: app/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: web-metrics
spec:
  ports:
    - port: 99999
---
# Source: app/charts/db/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: db
`;
const hook = { name: 'job', kind: 'Job', path: 'app/templates/job.yaml', events: [], weight: 0, deletePolicies: [] };
const where = whereIn({
  manifest: rendered,
  hooks: [{ ...hook, manifest: 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: job}' }],
  templates: { 'templates/service.yaml': template, 'templates/job.yaml': '# a hook\nkind: Job\n' },
});

describe('where an object comes from', () => {
  test.each([
    ['Service', 'web', undefined, 'templates/service.yaml line 3'],
    ['Service', 'web', 'spec.ports[0].port', 'templates/service.yaml line 9'],
    ['Service', 'web-metrics', undefined, 'templates/service.yaml line 13'],
    ['Service', 'web-metrics', 'spec.ports[0].port', 'templates/service.yaml line 18'],
    // What the template does not write itself comes from its values: the last key that it does write.
    ['Service', 'web', 'spec.ports[0].nodePort', 'templates/service.yaml line 7'],
    ['Service', 'web', '.spec.typo', 'templates/service.yaml line 6'],
    ['Secret', 'db', 'data', 'charts/db/templates/secret.yaml'],
    ['Job', 'job', undefined, 'templates/job.yaml line 2'],
    ['Job', 'none', undefined, undefined],
  ])('%s/%s %s: %s', (kind, name, field, place) => {
    expect(where(kind, name, field)).toBe(place);
  });
});
