import { isA } from '../../interfaces/kubernetes.ts';
import type { Service } from '../../interfaces/objects.ts';
import { COLOR_LABEL, type Color, FIELD_MANAGER, otherColor } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { kubeProxyFollows } from '../kube/kube-proxy.ts';
import { servicesOn } from '../kube/live.ts';
import { SERVICE } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import type { InFlight } from '../state/model.ts';

const NEVER = new AbortController().signal;

/** What goes on where a run is cancelled, but not after its lease was lost. */
export const heldSignal = ({ held }: AppContext): AbortSignal => held ?? NEVER;

/** Connections to the color that users have left end by themselves. */
export async function drain(run: AppContext, { services, drainMs = 0 }: InFlight, signal: AbortSignal = heldSignal(run)): Promise<void> {
  // Before a switch nobody was there.
  if (services.length > 0 && drainMs > 0) await run.clock.sleep(drainMs, signal);
}

/**
 * Stops a color that users have left, unless a Service selects it. One of the app's own is led away first; where it is someone else's, the
 * color is left up, and said: no later run has to fail for it. Returns that line.
 */
export async function stopLeft(run: AppContext, color: Color, stop: () => Promise<void>): Promise<string | undefined> {
  await leadAway(run, color);
  return leftUp(run, stop);
}

/** What a Service still selects is left up. Returns what to say of it; undefined where it was stopped. */
export async function leftUp(run: AppContext, stop: () => Promise<void>): Promise<string | undefined> {
  try {
    await stop();
    return undefined;
  } catch (error) {
    if (!(error instanceof StepFailure) || error.reason !== 'state-unclear') throw error;
    const message = `${error.message}: it is left up. See: kubectl --namespace ${run.kubernetes.namespace} get services -o wide`;
    run.log.warning(message);
    run.report.notes.push(message);
    return message;
  }
}

/** Services of the app that select a color which must serve nobody go to the other one. */
async function leadAway(run: AppContext, color: Color): Promise<void> {
  const { kubernetes, options, log } = run;
  const names = await servicesOn(kubernetes, options.release, color);
  const found = await Promise.all(names.map((name) => kubernetes.get({ ...SERVICE, name })));
  const own = found.filter(
    (service): service is Service =>
      service !== undefined && isA(service, SERVICE) && service.metadata.annotations?.['meta.helm.sh/release-name'] === options.release,
  );
  const to = otherColor(color);
  for (const { metadata, spec } of own) {
    const { name, resourceVersion } = metadata;
    const selector = { ...spec?.selector, [COLOR_LABEL]: to };
    const patch = { ...SERVICE, metadata: { name, namespace: kubernetes.namespace, resourceVersion }, spec: { selector } };
    await kubernetes.apply(patch, { fieldManager: FIELD_MANAGER, force: true });
    log.warning(`Service ${name} selected ${color}, which must serve nobody: it selects ${to}`);
  }
  if (own.length > 0) await kubeProxyFollows({ clock: run.clock, signal: heldSignal(run) });
}
