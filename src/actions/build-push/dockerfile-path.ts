import { dirname, relative } from 'node:path';
import type { GitHubEnvironment } from '../../runtime/github-env.ts';
import { gitRoot, isInside } from '../shared/inside.ts';

/**
 * Where code scanning shows the findings of an image: its Dockerfile from the root of the repository, which may be checked out below the workspace. One
 * that is in no checkout (made by an earlier step) gives the workflow's own file.
 */
export function pathInRepository(dockerfile: string, env: Pick<GitHubEnvironment, 'workspace' | 'workflowFile'>): string {
  if (!isInside(dockerfile, env.workspace)) return env.workflowFile || 'Dockerfile';
  const root = gitRoot(dirname(dockerfile)) ?? env.workspace;
  return relative(isInside(root, env.workspace) ? root : env.workspace, dockerfile);
}
