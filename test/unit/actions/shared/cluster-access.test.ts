import { describe, expect, test } from '@jest/globals';
import { readClusterInputs } from '../../../../src/actions/shared/cluster-access.ts';
import { GitHubEnvironment } from '../../../../src/runtime/github-env.ts';
import { Inputs } from '../../../../src/runtime/inputs.ts';
import { Secrets } from '../../../../src/runtime/secrets.ts';

function read(inputs: Record<string, string>) {
  const variables = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  const masked: string[] = [];
  const env = new GitHubEnvironment({ GITHUB_WORKSPACE: '/work', RUNNER_TEMP: '/temp' });
  const secrets = new Secrets((value) => masked.push(value));
  return {
    ...readClusterInputs({ inputs: new Inputs(variables, secrets), variables, mask: (text) => secrets.add(text), env }, 'todo'),
    masked,
  };
}

describe('the kubeconfig', () => {
  test('that is left out is the runner’s own, and so is the word that says so', () => {
    expect(read({}).kubeconfig).toBe('');
    expect(read({ kubeconfig: 'runner' }).kubeconfig).toBe('');
  });

  test.each(['', '  \n'])('that is given, but empty (%j), is an error and never another identity', (kubeconfig) => {
    expect(() => read({ kubeconfig })).toThrow('Input "kubeconfig" is given, but empty');
  });

  test('may be empty where a cluster is named instead', () => {
    const cluster = { cluster: 'acme', 'digitalocean-token': 'dop_v1_canary' };
    for (const kubeconfig of ['', 'runner']) {
      const { digitalOcean, masked } = read({ ...cluster, kubeconfig });
      expect(digitalOcean?.cluster).toBe('acme');
      expect(masked).not.toContain('runner');
    }
    expect(() => read({ ...cluster, kubeconfig: '/some/where' })).toThrow('Inputs "cluster" and "kubeconfig" are both set');
  });

  test('by a path is relative to the workspace', () => {
    expect(read({ kubeconfig: './kube' }).kubeconfig).toBe('/work/kube');
    expect(read({ kubeconfig: '/home/me/.kube/config' }).kubeconfig).toBe('/home/me/.kube/config');
  });
});
