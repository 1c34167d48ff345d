import { retireColor } from '../../deploy/color/retire.ts';
import { StepFailure } from '../../deploy/diagnosis/failure.ts';
import { Recorder } from '../../deploy/run/run.ts';
import { fenced } from '../../deploy/state/fence.ts';
import { JournalStore } from '../../deploy/state/journal-store.ts';
import { Lease } from '../../deploy/state/lease.ts';
import type { Who } from '../../deploy/state/lease-object.ts';
import type { Helm } from '../../interfaces/helm.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { messageOf } from '../../interfaces/values.ts';
import { type App, readApps } from '../world/apps.ts';
import { readClocks } from '../world/clocks.ts';
import { emptyReport, type Report, type World } from '../world/model.ts';
import { type ColorDecision, type ColorRules, decideColor } from './decide.ts';
import { readFacts } from './facts.ts';

export interface ColorOptions {
  idleForMs: number;
  cap: number;
  dryRun: boolean;
  who: Who;
  /** For each app: until its running Jobs have ended, and for Helm. */
  timeoutMs: number;
}

export interface ColorWorld extends World {
  /** The cluster by way of one namespace. */
  at<T>(namespace: string, body: (tools: { kubernetes: Kubernetes; helm: Helm }) => Promise<T>): Promise<T>;
}

/** Removes colors that have been idle for long, as `keep-old: remove` would: their records stay, a rollback brings them back. */
export async function sweepColors(world: ColorWorld, options: ColorOptions): Promise<Report> {
  const report = emptyReport();
  const rules = { idleForMs: options.idleForMs, clocks: await readClocks(world) };
  for (const app of await readApps(world.kubernetes)) {
    world.signal.throwIfAborted();
    const what = `${app.namespace}/${app.release}`;
    try {
      const decision = await world.at(app.namespace, (tools) => judgeAndRemove({ ...world, ...tools }, app, rules, options, report));
      if (decision.why === undefined) continue;
      if (decision.color === undefined) report.kept.push({ what, why: decision.why });
      else report.removed.push({ what: `${what}, color ${decision.color}`, why: decision.why });
    } catch (error) {
      world.signal.throwIfAborted();
      const held = error instanceof StepFailure && error.reason === 'locked';
      (held ? report.kept : report.stuck).push({ what, why: messageOf(error) });
    }
  }
  return report;
}

type Tools = World & { helm: Helm };

async function judgeAndRemove(
  tools: Tools,
  app: App,
  rules: ColorRules,
  options: ColorOptions,
  { removed }: Report,
): Promise<ColorDecision> {
  const { journal, release } = app;
  const seen = decideColor({ journal, ...(await readFacts(tools.kubernetes, release)) }, rules);
  if (seen.color === undefined || options.dryRun) return seen;
  if (removed.length >= options.cap) return { why: 'waits for the next run: "cap" is reached' };
  const { who, timeoutMs } = options;
  // No time to wait: whoever holds it is at work.
  const lease = await Lease.acquire(release, who, tools, { limitMs: 0, signal: tools.signal });
  try {
    const own = fenced(tools, () => lease.prove());
    const store = await JournalStore.open(own.kubernetes, release, () => lease.prove({ anew: true }));
    const now = decideColor({ journal: store.journal, ...(await readFacts(own.kubernetes, release, who.holder)) }, rules);
    if (now.color === undefined) return now;
    const run = { ...own, signal: lease.signal, held: lease.lost, journal: store, report: new Recorder(), options: { release, timeoutMs } };
    await retireColor(run, now.color, 'remove');
    return now;
  } finally {
    await lease.release();
  }
}
