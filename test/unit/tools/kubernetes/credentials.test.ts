import { describe, expect, test } from '@jest/globals';
import { ToolError } from '../../../../src/interfaces/errors.ts';
import { renderError } from '../../../../src/runtime/errors.ts';
import { CredentialSource } from '../../../../src/tools/kubernetes/credentials.ts';
import { NodeProcessRunner } from '../../../../src/tools/process.ts';

const source = (script: string): CredentialSource => {
  const exec = {
    command: process.execPath,
    args: ['-e', script, '--', 'login', '--token=hidden-argument'],
    env: [{ name: 'PLUGIN_SECRET', value: 'hidden-variable' }],
  };
  const context = { name: 'one', clusterName: 'one', cluster: { server: 'https://127.0.0.1:9' }, user: { exec }, namespace: undefined };
  return new CredentialSource(context, { runner: new NodeProcessRunner() });
};

describe('a login program of a kubeconfig', () => {
  test.each([
    ['fails', 'console.error("no such account"); process.exit(3)', 'failed: exit code 3: no such account'],
    [
      'repeats its arguments',
      'console.error("unknown flag", ...process.argv.slice(2), process.env.PLUGIN_SECRET); process.exit(2)',
      'exit code 2',
    ],
    ['is ended', 'process.kill(process.pid, "SIGKILL")', 'failed: signal SIGKILL'],
    ['prints something else', 'console.log("hidden-output")', 'returned neither a token nor a certificate'],
    ['prints no object', 'console.log("null")', 'returned neither a token nor a certificate'],
  ])('that %s is named, without what it was started with', async (_what, script, message) => {
    const error = await source(script)
      .get()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ToolError);
    const { message: said, causes } = renderError('deploy', error);
    expect(said).toContain(message);
    expect([said, ...causes].join('\n')).not.toMatch(/hidden-/);
  });
});
