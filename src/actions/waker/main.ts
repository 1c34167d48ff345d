import { ConfigurationError } from '../../interfaces/errors.ts';
import { createContext } from '../../runtime/action.ts';
import { KubernetesClient } from '../../tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../tools/kubernetes/load.ts';
import { readWakerInputs } from './inputs.ts';
import { serveWaker } from './run.ts';

/** The program in a preview's namespace, until it is told to end. */
export async function runWaker(args: readonly string[]): Promise<void> {
  const stop = new AbortController();
  const context = createContext('waker', stop.signal);
  try {
    const kubernetes = new KubernetesClient(loadKubeconfig({ env: context.variables, mask: context.mask }));
    const server = await serveWaker(context, readWakerInputs(args), kubernetes);
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.once(name, () => {
        stop.abort();
        void Promise.all([server.close(), kubernetes.close()]).then(() => process.exit(0));
      });
    }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    context.log.error(error.message);
    process.exitCode = 2;
  }
}
