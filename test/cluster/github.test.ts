import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { clusterEnvironment } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import type { ActionResult } from '../support/action.ts';
import { GitHubStandIn } from '../support/github/server.ts';
import { errorsOf, PairApp } from './deploy-support.ts';

jest.setTimeout(240_000);

const [FIRST, OLDER, NEWER] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];
let standIn: GitHubStandIn;
let app: PairApp;

beforeAll(async () => {
  standIn = await GitHubStandIn.start();
  app = await PairApp.create('github-test', clusterEnvironment(), ['v1'], new NodeProcessRunner({ env: process.env }));
});
afterAll(() => {
  standIn.close();
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});
beforeEach(() => standIn.reset());

/** Commits that no checkout here has: which is older, GitHub alone can say. */
function deploy(version: string, inputs: Record<string, string> = {}): Promise<ActionResult> {
  const values = app.values('v1', { greeting: version });
  const token = { 'github-token': 'ghs_token', 'commit-status': 'true' };
  const short = { bake: '1s', drain: '0s' };
  return app.deploy(
    version,
    { images: `${app.image}:v1`, values, ...short, ...token, ...inputs },
    { env: { GITHUB_API_URL: standIn.url } },
  );
}
const seen = () => standIn.statuses.map(({ sha, body }) => [sha, body.state, body.description]);

describe('a deploy with a token of GitHub', () => {
  test('the deployed commit gets a status', async () => {
    const result = await deploy(FIRST);
    expect([errorsOf(result), result.outputs.status, standIn.violations]).toEqual([[], 'deployed', []]);
    expect(seen()).toEqual([[FIRST, 'success', 'Serves as blue']]);
  });

  test('a commit that GitHub says is older is superseded', async () => {
    standIn.comparisons.set(`${FIRST}...${OLDER}`, 'behind');
    const result = await deploy(OLDER);
    expect([result.exitCode, result.outputs.status, result.outputs.version]).toEqual([0, 'superseded', FIRST]);
    expect(seen()).toEqual([[OLDER, 'success', `Superseded: the newer version ${FIRST.slice(0, 12)} serves`]]);
    expect(standIn.violations).toEqual([]);
  });

  test('where GitHub cannot be asked, the permission is named and the journal decides', async () => {
    const refused = { status: 403, body: { message: 'Resource not accessible by integration' } };
    standIn.next.push(refused, refused);
    const result = await deploy(NEWER, {
      values: app.values('v1', { frontend: { replicas: 2, env: { FAIL_PATHS: '/' } } }),
    });
    expect([result.outputs.status, result.outputs['failure-reason']]).toEqual(['rolled-back', 'smoke-failed']);
    expect(result.log.filter((line) => line.startsWith('::warning') && line.includes('GitHub'))).toEqual([
      expect.stringContaining('The token needs the permission "contents: read"'),
    ]);
    expect(result.log.filter((line) => line.startsWith('::notice'))).toEqual([
      expect.stringContaining('The token needs the permission "statuses: write"'),
    ]);
    expect(seen()).toEqual([[NEWER, 'failure', `Failed (smoke-failed): ${FIRST.slice(0, 12)} serves again`]]);
  });
});
