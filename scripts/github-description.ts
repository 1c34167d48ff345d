/**
 * Writes test/support/github/description.json: the operations of GitHub's published API description that the product calls, with all that
 * they refer to. The description comes from the npm package @octokit/openapi, which unpacks to 400 MB and is therefore not a dependency.
 * `--check` compares without writing.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { type Description, excerpt } from './description-excerpt.ts';

const PACKAGE = '@octokit/openapi@23.0.2';
const INTEGRITY = 'sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==';
const TARGET = join(import.meta.dirname, '..', 'test', 'support', 'github', 'description.json');
const OPERATIONS = [
  { path: '/repos/{owner}/{repo}/compare/{basehead}', method: 'get' },
  { path: '/repos/{owner}/{repo}/statuses/{sha}', method: 'post' },
  { path: '/repos/{owner}/{repo}/check-runs', method: 'post' },
  { path: '/repos/{owner}/{repo}/commits/{ref}/check-runs', method: 'get' },
  { path: '/repos/{owner}/{repo}/pulls/{pull_number}', method: 'get' },
  { path: '/repos/{owner}/{repo}/pulls', method: 'get' },
  { path: '/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', method: 'get' },
  { path: '/repos/{owner}/{repo}/environments/{environment_name}', method: 'get' },
  { path: '/repos/{owner}/{repo}/issues/{issue_number}/comments', method: 'get' },
  { path: '/repos/{owner}/{repo}/issues/{issue_number}/comments', method: 'post' },
  { path: '/repos/{owner}/{repo}/issues/comments/{comment_id}', method: 'patch' },
  { path: '/repos/{owner}/{repo}/issues/comments', method: 'get' },
  { path: '/repos/{owner}/{repo}/issues', method: 'get' },
  { path: '/repos/{owner}/{repo}/issues', method: 'post' },
  { path: '/repos/{owner}/{repo}/issues/{issue_number}', method: 'patch' },
  { path: '/repos/{owner}/{repo}/deployments', method: 'post' },
  { path: '/repos/{owner}/{repo}/deployments/{deployment_id}/statuses', method: 'post' },
  { path: '/repos/{owner}/{repo}/collaborators/{username}/permission', method: 'get' },
  { path: '/user', method: 'get' },
  ...['/orgs/{org}', '/users/{username}'].flatMap((owner) => [
    { path: `${owner}/packages/{package_type}/{package_name}/versions`, method: 'get' },
    { path: `${owner}/packages/{package_type}/{package_name}/versions/{package_version_id}`, method: 'get' },
    { path: `${owner}/packages/{package_type}/{package_name}/versions/{package_version_id}`, method: 'delete' },
  ]),
];
/** Responses that GitHub may give to any call but describes for some only. */
const ALWAYS = ['#/components/schemas/basic-error', '#/components/schemas/validation-error'];

const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-description-'));
try {
  const description = download();
  const info = { version: description.info.version ?? '', 'x-package': PACKAGE };
  const text = `${JSON.stringify(excerpt({ ...description, info }, OPERATIONS, ALWAYS), null, 1)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(TARGET, text);
  else if (readFileSync(TARGET, 'utf8') !== text) {
    console.error(`${TARGET} is not what ${PACKAGE} holds: run scripts/github-description.ts`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

function download(): Description {
  const packed = execaSync('npm', ['pack', PACKAGE, '--json', `--pack-destination=${folder}`], { cwd: folder });
  const [{ filename, integrity }] = JSON.parse(packed.stdout) as [{ filename: string; integrity: string }];
  if (integrity !== INTEGRITY) throw new Error(`${PACKAGE} has the integrity ${integrity}, expected ${INTEGRITY}`);
  const file = 'package/generated/api.github.com.json';
  execaSync('tar', ['xzf', filename, file], { cwd: folder });
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as Description;
}
