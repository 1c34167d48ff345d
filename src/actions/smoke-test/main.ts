import { type ActionContext, runAction, runPost } from '../../runtime/action.ts';
import { UndiciHttp } from '../../tools/http.ts';
import { connectCluster, readClusterInputs } from '../shared/cluster-access.ts';
import { needsCluster, readSmokeTestInputs } from './inputs.ts';
import { runSmokeTest } from './run.ts';

/** Reads the inputs, connects where a check needs the cluster, and sends the checks. */
export async function smokeTest(context: ActionContext): Promise<void> {
  const options = readSmokeTestInputs(context);
  const access = readClusterInputs(context, options.release ?? 'default');
  const http = new UndiciHttp({ env: context.variables, proxied: false });
  if (!needsCluster(options)) return runSmokeTest(context, options, { http });
  const { kubernetes } = await connectCluster(context, access);
  try {
    await runSmokeTest(context, options, { http, kubernetes });
  } finally {
    await kubernetes.close();
  }
}

export const smokeTestMain = (): void => runAction('smoke-test', smokeTest);

export const smokeTestPost = (): void => runPost('smoke-test');
