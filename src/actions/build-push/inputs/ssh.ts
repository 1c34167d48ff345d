import { existsSync } from 'node:fs';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { absolute } from './paths.ts';

/** `default`, `id` → the agent of SSH_AUTH_SOCK; `id=path` → a key or another agent's socket. Its path is given to buildx, so that it needs no variable. */
export function locateSsh(agent: string, image: string, { env, variables }: ActionContext): string {
  const [id = '', given] = agent.split(/=(.*)/s);
  const wrong = (what: string, hint: string) => new ConfigurationError(`Image "${image}": ssh "${agent}" ${what}`, { hint });
  if (!/^[A-Za-z0-9][\w.-]*$/.test(id)) throw wrong('has no id', 'write default, or id=path of a key or socket');
  if (given === undefined && !variables.SSH_AUTH_SOCK) {
    throw wrong('needs an agent, and SSH_AUTH_SOCK is not set', 'start one in an earlier step, or name a key: default=path');
  }
  const path = absolute(given || variables.SSH_AUTH_SOCK || '', env.workspace);
  if (path.includes(',') || !existsSync(path)) throw wrong(`leads to ${path}, which is not there`, 'write id=path of a key or socket');
  return `${id}=${path}`;
}
