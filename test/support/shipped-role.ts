import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../../demo/environment.ts';

interface Role {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

/** A Role that an action ships, for another release than todo, as its comment says. */
export const shippedRole = (release: string, action = 'deploy', file = 'role.yaml'): Role =>
  parse(readFileSync(join(ROOT, `actions/${action}/${file}`), 'utf8').replaceAll('todo-deploy-todo', `todo-deploy-${release}`));

/** The rest of its rights, of the whole cluster. */
export const shippedClusterRole = (action: string): Role => shippedRole('', action, 'cluster-role.yaml');
