import { fileURLToPath } from 'node:url';
import { addonImage } from './addons/image.ts';
import { applyMetrics, metricsAnswer } from './addons/metrics.ts';
import { ensureRunning } from './component.ts';
import { NODES } from './config.ts';
import { forgetPid } from './pidfile.ts';
import { laterPrograms } from './programs/build.ts';
import { isBuilt } from './programs/cache.ts';
import { beginPrograms } from './programs.ts';
import { say } from './progress.ts';
import { findSpace } from './space.ts';

export const LATER = 'later';

/** Starts what `up` does not wait for, in a process of its own that ends when done, unless everything is there and only has to be compared. */
export async function beginLater(): Promise<void> {
  const missing = laterPrograms.filter((name) => !isBuilt(name));
  if (missing.length === 0 && (await metricsAnswer())) return later();
  const what = missing.length === 0 ? 'metrics-server: started' : `${missing.join(', ')}: being built`;
  say(`${what} in the background (log: run/log/${LATER}.log)`);
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  // Lower priority than whatever the cluster is used for.
  const args = ['-n', '19', process.execPath, fileURLToPath(import.meta.url)];
  await ensureRunning({ name: LATER, command: 'nice', args, env });
}

async function later(): Promise<void> {
  const need = beginPrograms(laterPrograms);
  await need('metrics-server');
  const enters = (await Promise.all(NODES.map((node) => findSpace(node.space)))).filter((enter) => enter !== undefined);
  if (enters.length === NODES.length) await applyMetrics(await addonImage('metrics-server', enters));
  await need(...laterPrograms);
}

if (import.meta.main) {
  await later();
  await forgetPid(LATER);
  say('done');
}
