import { colorServiceName } from '../../split/index.ts';
import { COLOR_LABEL, type PlannedHook, type ServicePlan, type SharedWorkload, type SplitResult } from '../../split/model.ts';
import { preferCrashCause } from '../diagnosis/crashing-color.ts';
import { readHookEnd } from '../diagnosis/failed-hook.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { lastLine } from '../diagnosis/helm-errors.ts';
import { whileHooksRun } from '../diagnosis/running-hooks.ts';
import { isAsleep } from '../kube/asleep.ts';
import { podsInPlace } from '../kube/in-place.ts';
import { kubeProxyFollows } from '../kube/kube-proxy.ts';
import { colorWorkloads } from '../kube/live.ts';
import { colorRelease } from '../kube/names.ts';
import type { DeployOptions } from '../run/options.ts';
import type { Plan, Run, StepRecord } from '../run/run.ts';
import { proveRoutes } from '../traffic/routes.ts';
import { requireSameNodes } from '../traffic/same-nodes.ts';
import { podChecks, podTargets, requireChecks } from './checks.ts';

const FOLLOW_LIMIT_MS = 30_000;
/** Within it a node's network policies know a new pod. */
const ADMITTED_MS = 3_000;
/** More tries of `helm test` in a preview or a drill, whose network is closed: pods are let in when the policies of their nodes know them. */
const MORE_TRIES = 2;

/** Proves the idle color before anything is switched: its Services lead to its ready pods, every check passes on each, `helm test` too. */
export async function proveIdle(
  run: Run,
  plan: Plan,
  split: SplitResult,
  record: StepRecord,
  inPlace: readonly SharedWorkload[] = [],
): Promise<void> {
  try {
    await prove(run, plan, split, record);
  } catch (error) {
    // Restarts of a warm color may be those of last month.
    throw plan.warm
      ? error
      : await preferCrashCause(error, run, plan.color, inPlace.length > 0 ? podsInPlace(split.baseObjects, inPlace) : undefined);
  }
}

async function prove(run: Run, plan: Plan, split: SplitResult, record: StepRecord): Promise<void> {
  const live = [...(await colorWorkloads(run.kubernetes, run.options.release, plan.color)).values()];
  const selectorOf = ({ selector }: ServicePlan) => ({ ...selector, [COLOR_LABEL]: plan.color });
  // What the version has switched off has nothing to prove.
  const services = split.services.filter((service) => !isAsleep(live, selectorOf(service)));
  const routes = services.map((service) => ({ service: colorServiceName(service.name, plan.color), selector: selectorOf(service) }));
  await proveRoutes(routes, run, { signal: run.signal, limitMs: FOLLOW_LIMIT_MS });
  await requireSameNodes(run, plan, { ...split, services });
  const checks = podChecks(run.options.smoke);
  const when = split.colorless ? 'after the update in place' : 'before the switch';
  const results = await requireChecks(run, checks, (check) => podTargets(run, check, split, plan.color), {
    when,
    retries: 5,
    intervalMs: 1_000,
  });
  // A warm color passed its tests when it came up, and there users wait.
  const tests = plan.warm ? [] : split.hooks.filter((hook) => hook.event === 'test');
  const tested = tests.length > 0;
  if (tested) await helmTest(run, plan, tests, when);
  const passed = [results.length > 0 ? `${results.length} checks passed` : '', tested ? 'helm test passed' : ''].filter(Boolean);
  record.note = passed.length > 0 ? passed.join(', ') : 'no pod checks configured: readiness is the proof';
}

const triesOf = ({ options }: Run): number =>
  options.closed || (options as Partial<DeployOptions>).preview !== undefined ? MORE_TRIES : 0;

async function helmTest(run: Run, plan: Plan, tests: readonly PlannedHook[], when: string): Promise<void> {
  // Tests call the color's Services from inside the cluster.
  await kubeProxyFollows(run);
  run.signal.throwIfAborted();
  const release = colorRelease(run.options.release, plan.color);
  const { timeoutMs } = run.options;
  const test = () => whileHooksRun(tests, run, timeoutMs, (signal) => run.helm.test({ release, timeoutMs, signal }));
  let { passed, output, failed } = await test();
  for (let again = triesOf(run); !passed && again > 0; again--) {
    run.log.info(`helm test failed; a pod may have begun before the network let it in: it is run again in ${ADMITTED_MS / 1_000} s`);
    await run.clock.sleep(ADMITTED_MS, run.signal);
    ({ passed, output, failed } = await test());
  }
  run.signal.throwIfAborted();
  if (passed) return;
  const named = tests.filter((test) => failed.includes(test.object));
  const end = await readHookEnd(named.length > 0 ? named : tests, run.kubernetes);
  throw new StepFailure('smoke-failed', `helm test failed ${when}: ${end.why ?? lastLine(output)}`, {
    evidence: [...end.evidence, { title: 'helm test', text: output }],
  });
}
