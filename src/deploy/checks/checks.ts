import { isA } from '../../interfaces/kubernetes.ts';
import type { Pod, Service } from '../../interfaces/objects.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import type { CheckResult, SmokeCheck, SmokeTarget } from '../../smoke/model.ts';
import { targetFinder } from '../../smoke/targets.ts';
import { COLOR_LABEL, type Color, type ServicePort, type SplitResult } from '../../split/model.ts';
import { type Evidence, StepFailure } from '../diagnosis/failure.ts';
import { POD, SERVICE, selects } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import type { Run } from '../run/run.ts';
import { type FrontDoor, urlTargets } from '../traffic/front-door.ts';

const LIMIT_MS = 60_000;

/** Checks that can be sent to the idle color: those of a Service, to each of its ready pods. */
export const podChecks = (checks: readonly SmokeCheck[]): SmokeCheck[] => checks.filter((check) => check.service !== undefined);

/** Pure: the pod's port behind a Service's port (named, by number, or the first). */
export function podPort(ports: readonly ServicePort[], wanted: number | string | undefined, pod: Pod): number | undefined {
  const port = wanted === undefined ? ports[0] : ports.find((one) => one.name === wanted || one.port === Number(wanted));
  const target = port ? (port.targetPort ?? port.port) : wanted;
  if (target === undefined || typeof target === 'number') return target;
  if (/^\d+$/.test(target)) return Number(target);
  return (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []).find((one) => one.name === target)?.containerPort;
}

/** What is checked: stable Services by their plans, and what else the base holds of them. */
export type Checked = Pick<SplitResult, 'services'> & Partial<Pick<SplitResult, 'baseObjects'>>;

/**
 * Every ready pod behind the check's Service: of `color` where the Service is stable; else those that the version's own Service selects, of no
 * color where there are such, since one that a color had until now may still lead there.
 */
export async function podTargets(
  run: Pick<Run, 'kubernetes'>,
  check: SmokeCheck,
  { services, baseObjects = [] }: Checked,
  color: Color,
): Promise<SmokeTarget[]> {
  const { kubernetes } = run;
  const name = check.service?.name ?? '';
  const plan = services.find((service) => service.name === name);
  const rendered = baseObjects.find((object): object is Service => isA(object, SERVICE) && object.metadata.name === name);
  const live = plan ? undefined : await kubernetes.get({ ...SERVICE, name });
  if (!plan && !live) throw new StepFailure('smoke-failed', `Check "${check.name}" names the Service ${name}, which does not exist`);
  const selector = plan ? { ...plan.selector, [COLOR_LABEL]: color } : (rendered?.spec?.selector ?? live?.spec?.selector);
  const ports: ServicePort[] = plan?.ports ?? live?.spec?.ports ?? [];
  const { items } = await kubernetes.list(POD, plan ? { labelSelector: `${COLOR_LABEL}=${color}` } : {});
  const behind = items.filter((pod) => selects(selector, pod.metadata.labels) && isReady(pod));
  const shared = plan ? [] : behind.filter((pod) => pod.metadata.labels?.[COLOR_LABEL] === undefined);
  return (shared.length > 0 ? shared : behind).map((pod) => {
    const port = podPort(ports, check.service?.port, pod);
    if (port === undefined)
      throw new StepFailure('smoke-failed', `Check "${check.name}": Service ${name} has no port "${check.service?.port}"`);
    return {
      label: `pod ${pod.metadata.name}`,
      baseUrl: `http://${name}`,
      connect: () => kubernetes.portForward({ name: pod.metadata.name }, port),
    };
  });
}

/** One round of checks. Errors: `StepFailure` (smoke-failed) with what was expected and seen. */
export async function requireChecks(
  run: Run,
  checks: readonly SmokeCheck[],
  targetsFor: (check: SmokeCheck) => Promise<SmokeTarget[]>,
  options: { when: string; retries: number; intervalMs: number },
): Promise<CheckResult[]> {
  if (checks.length === 0) return [];
  const results = await run.runChecks({
    checks,
    targetsFor,
    retries: options.retries,
    intervalMs: options.intervalMs,
    timeoutMs: LIMIT_MS,
    signal: run.signal,
  });
  run.report.checks.push(...results);
  const failed = results.filter((result) => !result.passed);
  if (failed.length > 0) throw checkFailure(failed, options.when, failed.length > 1 ? `and ${failed.length - 1} more` : '');
  return results;
}

/** The failure that failed checks make: the first is named, all are evidence. `more` is a remark on it. */
export function checkFailure(failed: readonly CheckResult[], when: string, more: string): StepFailure {
  const { check, failure, target } = failed[0] ?? { check: '', failure: '', target: '' };
  return new StepFailure('smoke-failed', `Check "${check}" failed ${when}: ${failure} at ${target}${more && ` (${more})`}`, {
    hint: REASONS['smoke-failed'].todo,
    evidence: failed.map(checkEvidence),
  });
}

const checkEvidence = (result: CheckResult): Evidence => ({
  title: `Check ${result.check} at ${result.target}`,
  text: [`${result.url} (${result.attempts} attempts)`, result.failure ?? '', result.body ? `Body: ${result.body}` : '']
    .filter(Boolean)
    .join('\n'),
});

/** Any answer below 500 from the front door: used where the user names no checks. */
const FRONT_DOOR_CHECK: SmokeCheck = {
  name: 'front door answers',
  path: '/',
  method: 'GET',
  status: Array.from({ length: 400 }, (_, index) => 100 + index),
  json: {},
  headers: {},
  requestHeaders: {},
};

/** Checks that run against what users reach, and where each is sent. */
export function userFacingChecks(
  run: Run,
  door: FrontDoor | undefined,
  checked: Checked,
  color: Color,
): { checks: SmokeCheck[]; targetsFor: (check: SmokeCheck) => Promise<SmokeTarget[]> } {
  const own = run.options.smoke.filter((check) => check.service !== undefined || check.url !== undefined || door !== undefined);
  const checks = [...own, ...(door && !own.some((check) => check.service === undefined) ? [FRONT_DOOR_CHECK] : [])];
  const nodeTargets = targetFinder({ kubernetes: run.kubernetes });
  const targetsFor = async (check: SmokeCheck): Promise<SmokeTarget[]> => {
    if (!check.service) return urlTargets(check, door);
    return check.service.nodePort ? nodeTargets(check) : podTargets(run, check, checked, color);
  };
  return { checks, targetsFor };
}
