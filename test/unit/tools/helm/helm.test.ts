import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Secret } from '../../../../src/interfaces/objects.ts';
import { applyArguments, positional, renderArguments, targetArguments, uninstallArguments } from '../../../../src/tools/helm/arguments.ts';
import { isNotFound, parseHistory, parseRender } from '../../../../src/tools/helm/output.ts';
import { chartFiles, escapeTemplate, fromRecorded, unescapeTemplate } from '../../../../src/tools/helm/part-chart.ts';
import { decodeRelease, encodeRelease, releaseSecret, withStatus } from '../../../../src/tools/helm/release-secret.ts';

/** What Go's template engine makes of text and of the one action that we write: `{{"{{"}}`. */
function evaluate(template: string): string {
  return template
    .split('{{"{{"}}')
    .map((text) => {
      expect(text).not.toContain('{{');
      return text;
    })
    .join('{{');
}

describe('part charts', () => {
  test('are literal: Helm gives exactly the text, and it is read back', () => {
    const braces = fc.array(fc.constantFrom('{', '}', '"', '{{', '}}', '-', ' ', '\n', 'a', '{{"{{"}}', '{{- '), { maxLength: 20 });
    fc.assert(
      fc.property(
        fc.oneof(
          braces.map((parts) => parts.join('')),
          fc.string(),
        ),
        (text) => {
          expect(evaluate(escapeTemplate(text))).toBe(text);
          expect(unescapeTemplate(escapeTemplate(text))).toBe(text);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('keep name, version and appVersion, and nothing that Helm would evaluate or fetch', () => {
    const chart = { name: 'todo', version: '1.2.3', appVersion: '4', dependencies: [{ name: 'x' }], kubeVersion: '>99' };
    const files = chartFiles({ chart, templates: { 'a.json': '{"a":"{{ x }}"}' } });
    expect(JSON.parse(files['Chart.yaml'] ?? '')).toEqual({
      apiVersion: 'v2',
      type: 'application',
      name: 'todo',
      version: '1.2.3',
      appVersion: '4',
    });
    expect(files['templates/a.json']).toBe('{"a":"{{"{{"}} x }}"}');
    const recorded = { metadata: chart, templates: [{ name: 'templates/a.json', data: btoa(files['templates/a.json'] ?? '') }] };
    expect(fromRecorded(recorded)).toEqual({
      chart: { name: 'todo', version: '1.2.3', appVersion: '4' },
      templates: { 'a.json': '{"a":"{{ x }}"}' },
    });
  });

  test.each(['../x.json', '/x', 'a/../../x', ''])('a file may not be called %j', (name) => {
    expect(() => chartFiles({ chart: { name: 'a', version: '1.0.0' }, templates: { [name]: '' } })).toThrow(
      'is not a name for a template file',
    );
  });
});

describe('arguments', () => {
  test('rendering changes nothing; applying always says how', () => {
    expect(renderArguments({ release: 'todo', chart: './c', version: '1', valueFiles: ['a.yaml', 'b'] })).toEqual([
      'upgrade',
      '--install',
      '--reset-values',
      'todo',
      './c',
      '--dry-run=server',
      '--take-ownership',
      '--server-side=true',
      '--disable-openapi-validation',
      '--output=json',
      '--version=1',
      '--values=a.yaml',
      '--values=b',
    ]);
    expect(renderArguments({ release: 'todo', chart: './c', valueFiles: [], install: true }).slice(0, 3)).toEqual([
      'install',
      'todo',
      './c',
    ]);
    const apply = applyArguments({ release: 'todo', folder: '/f', valuesFile: '/v', description: '--x', timeoutMs: 1500, noHooks: true });
    for (const argument of ['--server-side=true', '--force-conflicts', '--reset-values', '--no-hooks', '--timeout=2s', '--description=--x'])
      expect(apply).toContain(argument);
    expect(apply.join(' ')).not.toMatch(/--dry-run|--wait/);
    expect(applyArguments({ release: 't', folder: '/f', valuesFile: '/v', description: '', timeoutMs: 1, dryRun: true })).toContain(
      '--dry-run=server',
    );
    expect(uninstallArguments({ release: 't', noHooks: true, timeoutMs: 1000 })).toContain('--no-hooks');
    expect(uninstallArguments({ release: 't', noHooks: true, timeoutMs: 1000 })).not.toContain('--keep-history');
    expect(uninstallArguments({ release: 't', noHooks: true, timeoutMs: 1000, keepHistory: true })).toContain('--keep-history');
  });

  test('where it goes is in every command', () => {
    expect(targetArguments({ kubeconfig: '/k', context: 'c', namespace: 'n' })).toEqual([
      '--kubeconfig=/k',
      '--kube-context=c',
      '--namespace=n',
    ]);
  });

  test.each(['', '-x', '--kubeconfig=y'])('%j is no name', (value) => {
    expect(() => positional(value, 'a release')).toThrow(`"${value}" is not a name for a release`);
  });
});

describe('the release that Helm records', () => {
  const release = {
    name: 'todo',
    version: 2,
    info: { status: 'pending-upgrade', first_deployed: 'kept' },
    chart: { metadata: { name: 'todo', version: '1' }, templates: [] },
    labels: 'kept',
  };
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: releaseSecret('todo', 2).name, resourceVersion: '7', labels: { owner: 'helm', status: 'pending-upgrade' } },
    data: { release: encodeRelease(release) },
  };

  test('is changed in its status alone, conditionally', () => {
    const changed = withStatus(secret, 'failed', 'killed');
    expect(changed.metadata).toMatchObject({
      name: 'sh.helm.release.v1.todo.v2',
      resourceVersion: '7',
      labels: { owner: 'helm', status: 'failed' },
    });
    expect(decodeRelease(changed)).toEqual({ ...release, info: { ...release.info, status: 'failed', description: 'killed' } });
  });

  test('is read by other programs too', () => {
    const text = execFileSync('sh', ['-c', 'base64 -d | base64 -d | gunzip'], { input: secret.data?.release ?? '', encoding: 'utf8' });
    expect(JSON.parse(text)).toEqual(release);
  });

  test.each([{}, { release: 'bm90IGEgcmVsZWFzZQ==' }])('that is broken is named (%o)', (data) => {
    expect(() => decodeRelease({ ...secret, data })).toThrow('sh.helm.release.v1.todo.v2');
  });
});

describe('output', () => {
  test('a render, with lines of others before it', () => {
    const json = {
      name: 'r',
      namespace: 'n',
      info: { status: 'pending-install', notes: 'hi' },
      chart: { metadata: { name: 'c', version: '1' }, templates: [{ name: 'templates/a.yaml', data: 'YTogMQ==' }] },
      manifest: 'm',
    };
    expect(parseRender(`WARNING: old\n${JSON.stringify(json)}`)).toEqual({
      release: 'r',
      namespace: 'n',
      chart: { name: 'c', version: '1' },
      manifest: 'm',
      hooks: [],
      templates: { 'templates/a.yaml': 'a: 1' },
      config: {},
      notes: 'hi',
    });
    expect(() => parseRender('Release "x" has been upgraded')).toThrow('did not print JSON');
  });

  test('a history, and none', () => {
    const text = '[{"revision":1,"updated":"u","status":"deployed","chart":"c-1","app_version":"2","description":"d"}]';
    expect(parseHistory(text, 'r', 'n')).toEqual([
      { name: 'r', namespace: 'n', revision: 1, status: 'deployed', chart: 'c-1', appVersion: '2', updated: 'u', description: 'd' },
    ]);
    expect([isNotFound('Error: release: not found'), isNotFound('Error: secrets is forbidden')]).toEqual([true, false]);
  });
});
