import { describe, expect, test } from '@jest/globals';
import { readJanitorInputs } from '../../../../src/actions/janitor/inputs.ts';
import { readPreviewInputs } from '../../../../src/actions/preview/inputs.ts';
import { type ActionContext, createContext } from '../../../../src/runtime/action.ts';

function contextOf(inputs: Record<string, string>): ActionContext {
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  return createContext('test', new AbortController().signal, { GITHUB_WORKSPACE: '/', RUNNER_TEMP: '/tmp', ...Object.fromEntries(given) });
}
const preview = (inputs: Record<string, string>) => readPreviewInputs(contextOf({ domain: 'preview.example.com', ...inputs }));
const janitor = (inputs: Record<string, string>) => readJanitorInputs(contextOf(inputs));
const SHARED = { isolation: 'release', namespace: 'previews' };

describe('whether previews share a namespace', () => {
  test('they do not where nothing is said', () => {
    expect(preview({})).toMatchObject({ shared: undefined, cluster: { namespace: 'default' } });
    expect(preview({ 'tls-secret': 'ingress/tls' }).tls).toEqual({ namespace: 'ingress', name: 'tls' });
    expect(janitor({ namespace: 'tools' })).toMatchObject({ shared: undefined, colors: true, cluster: { namespace: 'tools' } });
  });

  test('they do: it is the one that everything is asked of, and no other is looked at', () => {
    const own = { 'tls-secret': 'previews/tls', 'copy-secrets': 'previews/pull' };
    expect(preview({ ...SHARED, ...own })).toMatchObject({
      shared: 'previews',
      cluster: { namespace: 'previews' },
      tls: { name: 'tls' },
      copies: [{ name: 'pull' }],
    });
    expect(janitor(SHARED)).toMatchObject({ shared: 'previews', previews: true, colors: false, drills: false, tags: false });
  });

  test.each<[string, Record<string, string>, string]>([
    ['no namespace', { isolation: 'release' }, 'Input "isolation" is "release", and "namespace" is empty'],
    ['what is no name', { ...SHARED, namespace: 'Previews_1' }, 'Input "namespace" is "Previews_1"'],
    ['a namespace that nobody shares', { namespace: 'previews' }, 'Input "namespace" is "previews", and "isolation" is "namespace"'],
    ['another word', { isolation: 'none' }, 'Input "isolation" is "none"'],
    ['a certificate of elsewhere', { ...SHARED, 'tls-secret': 'ingress/tls' }, 'Input "tls-secret" names ingress/tls'],
    ['a Secret of elsewhere', { ...SHARED, 'copy-secrets': 'previews/a, prod/b' }, 'Input "copy-secrets" names prod/b'],
  ])('%s is refused', (_, inputs, words) => expect(() => preview(inputs)).toThrow(words));

  test('a janitor without a namespace is refused', () =>
    expect(() => janitor({ isolation: 'release' })).toThrow('Input "isolation" is "release", and "namespace" is empty'));
});
