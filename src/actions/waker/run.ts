import { messageOf } from '../../interfaces/values.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { HttpServer } from '../../tools/http-server.ts';
import type { KubernetesClient } from '../../tools/kubernetes/client.ts';
import { isVisit, waitingAnswer, wake } from '../../waker/index.ts';
import type { WakerInputs } from './inputs.ts';

/**
 * Answers on the app's ports while it sleeps, and wakes it at the first visit. One waking at a time; one that fails is tried again by the next
 * visit. Returns how to stop it. Errors: none; what goes wrong is in the log.
 */
export async function serveWaker(
  { clock, log, signal }: Pick<ActionContext, 'clock' | 'log' | 'signal'>,
  { release, ports, services, deployments }: WakerInputs,
  kubernetes: KubernetesClient,
): Promise<HttpServer> {
  let isWaking = false;
  const wakeUp = async (): Promise<void> => {
    if (isWaking) return;
    isWaking = true;
    const started = clock.elapsed();
    try {
      const slept = await wake({ services, deployments }, { kubernetes, clock, log, signal });
      if (slept) log.info(`${release} is awake after ${((clock.elapsed() - started) / 1000).toFixed(1)} s`);
    } catch (error) {
      log.warning(`${release} could not be woken: ${messageOf(error)}`);
    } finally {
      isWaking = false;
    }
  };
  const server = new HttpServer((request) => {
    if (isVisit(request)) void wakeUp();
    return waitingAnswer(request);
  });
  for (const failure of await server.listen(ports)) log.warning(failure);
  log.info(`The waker of ${release} answers on ${server.ports.join(', ')}`);
  return server;
}
