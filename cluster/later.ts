import { fileURLToPath } from 'node:url';
import { addonImage } from './addons/image.ts';
import { applyMetrics } from './addons/metrics.ts';
import { ensureRunning } from './component.ts';
import { NODES } from './config.ts';
import { forgetPid } from './pidfile.ts';
import { laterPrograms } from './programs/build.ts';
import { isBuilt } from './programs/cache.ts';
import { beginPrograms } from './programs.ts';
import { say } from './progress.ts';
import { findSpace } from './space.ts';

export const LATER = 'later';

/** Brings what the main job does not wait for: at once when it is built, else by a process of its own that ends when done. */
export async function beginLater(): Promise<void> {
  if (laterPrograms.every(isBuilt)) return later();
  say(`${laterPrograms.join(', ')}: being built in the background (log: run/log/${LATER}.log)`);
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  await ensureRunning({ name: LATER, command: process.execPath, args: [fileURLToPath(import.meta.url)], env });
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
