import type { SmokeCheck, SmokeTarget } from '../../smoke/model.ts';
import { isPlain } from '../adoption/leave.ts';
import { podPort, requireChecks } from '../checks/checks.ts';
import { POD, SERVICE, selects } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import type { Run } from '../run/run.ts';
import type { PlainApp } from '../state/plain.ts';
import { type FrontDoor, urlTargets } from '../traffic/front-door.ts';
import type { PlainRun } from './model.ts';

const INTERVAL_MS = 5_000;

/** Rounds of checks until the bake is over, at least one. */
export async function bake(run: PlainRun, plain: PlainApp, door: FrontDoor | undefined): Promise<void> {
  const endsAt = run.clock.now() + run.options.bakeMs;
  const checks = run.options.smoke.filter(({ service, url }) => service !== undefined || url !== undefined || door !== undefined);
  for (;;) {
    await requireChecks(run, checks, (check) => targets(run, plain, check, door), {
      when: 'after the switch',
      retries: 2,
      intervalMs: 500,
    });
    const left = endsAt - run.clock.now();
    if (left <= 0) return;
    await run.clock.sleep(Math.min(left, INTERVAL_MS), run.signal);
  }
}

/** Every plain pod behind the check's Service, or the front door. */
export async function targets({ kubernetes }: Run, plain: PlainApp, check: SmokeCheck, door?: FrontDoor): Promise<SmokeTarget[]> {
  if (!check.service) return urlTargets(check, door);
  const name = check.service.name;
  const [live, pods] = await Promise.all([kubernetes.get({ ...SERVICE, name }), kubernetes.list(POD)]);
  const ports = live?.spec?.ports ?? [];
  // What leads to pods in place is pinned nowhere.
  const selector = plain.services.find((one) => one.name === name)?.pinned ?? live?.spec?.selector;
  return pods.items
    .filter((pod) => isPlain(pod) && isReady(pod) && selects(selector, pod.metadata.labels))
    .flatMap((pod) => {
      const port = podPort(ports, check.service?.port, pod);
      if (port === undefined) return [];
      const connect = () => kubernetes.portForward({ name: pod.metadata.name }, port);
      return [{ label: `pod ${pod.metadata.name}`, baseUrl: `http://${name}`, connect }];
    });
}
