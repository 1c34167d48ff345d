import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppStatus } from '../../deploy/status/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { CostEstimate } from '../../tools/digitalocean/cost.ts';

/** Everything that was seen, as JSON. Checks of the history are left out: they may carry credentials. Returns its path. */
export async function writeReport(
  { env, secrets }: Pick<ActionContext, 'env' | 'secrets'>,
  { history, ...status }: AppStatus,
  cost: CostEstimate | undefined,
): Promise<string> {
  const served = history.map(({ smoke: _, ...entry }) => entry);
  const content = { ...status, history: served, cost };
  const path = join(await mkdtemp(join(env.tempDir, 'todo-deploy-report-')), 'status.json');
  await writeFile(path, `${secrets.redact(JSON.stringify(content, null, 2))}\n`);
  return path;
}
