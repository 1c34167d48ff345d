import { HttpError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { requireRepositories, waitForGarbageCollection } from '../../tools/digitalocean/push-gate.ts';
import { type Docr, digitalOceanApi, docrLogin } from '../shared/digitalocean.ts';
import type { BuildPushInputs } from './inputs.ts';
import { type DockerConfig, type Login, replaceLogin } from './login.ts';

type Wanted = Pick<BuildPushInputs, 'docr' | 'registry' | 'images' | 'timeoutMs'>;

const HOUR_MS = 3_600_000;
/** Builds run side by side under one limit, scans under another; pushes and caches come on top. */
const lifetime = ({ timeoutMs }: Wanted): number => HOUR_MS + 2 * timeoutMs;

/** For base images and the build cache: what builds and scans need, and no more. undefined where it is not DigitalOcean's registry. */
export async function docrRead(context: ActionContext, inputs: Wanted): Promise<Login | undefined> {
  if (inputs.docr === undefined) return undefined;
  return await docrLogin(context, inputs.docr, { write: false, lifetimeMs: lifetime(inputs) });
}

/**
 * Everything has passed: waits for a garbage collection, checks the plan, and only then asks for the right to write. Throws ConfigurationError,
 * TimeoutError, HttpError.
 */
export async function docrPush(context: ActionContext, inputs: Wanted, docker: DockerConfig): Promise<void> {
  const { docr, registry, images, timeoutMs } = inputs;
  if (docr === undefined) return;
  const { clock, log, signal, mask } = context;
  await waitForGarbageCollection(digitalOceanApi(context, docr.token), docr.name, { clock, log, limitMs: timeoutMs, signal });
  const prefix = registry.split('/').slice(2);
  await checkPlan(
    context,
    docr,
    images.map(({ name }) => [...prefix, name].join('/')),
  );
  const login = await docrLogin(context, docr, { write: true, lifetimeMs: lifetime(inputs) });
  replaceLogin(docker, registry, login, mask);
  log.info(`Logged in to ${docr.host}/${docr.name} for the push`);
}

/** The registry itself has the last word: a plan that cannot be read stops nothing. */
async function checkPlan(context: ActionContext, docr: Docr, repositories: readonly string[]): Promise<void> {
  try {
    await requireRepositories(digitalOceanApi(context, docr.token), docr.name, repositories);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    context.log.warning(`Whether the plan of ${docr.name} has room for these repositories is not known: ${error.message}`);
  }
}
