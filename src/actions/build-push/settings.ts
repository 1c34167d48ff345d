import { readFile } from 'node:fs/promises';
import type { BuildSettings } from '../../build/build.ts';
import { cacheFrom, cacheScope } from '../../build/cache.ts';
import { contentKey, type KeySettings } from '../../build/known/key.ts';
import type { ImageSpec } from '../../build/model.ts';
import type { ScanSettings } from '../../build/scan.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { BuildPushInputs } from './inputs.ts';
import { writesRecords } from './records.ts';
import type { BuildPushTools } from './tools.ts';

/** What builds and scans of this run have in common. */
export interface RunSettings {
  /** Starts the builder at its first call. */
  build(): Promise<BuildSettings>;
  scan: ScanSettings;
  key(image: ImageSpec): KeySettings;
  /** Computed once, before the image is built. */
  contentKey(image: ImageSpec): Promise<string | undefined>;
}

export async function createSettings(context: ActionContext, inputs: BuildPushInputs, tools: BuildPushTools): Promise<RunSettings> {
  const { env, signal, variables } = context;
  const previous = await previousImages(inputs, tools, context);
  const epoch = inputs.reproducible ? await epochOf(variables, tools) : undefined;
  const common = {
    secrets: inputs.secrets,
    labels: env.isActions ? { 'org.opencontainers.image.source': `${env.serverUrl}/${env.repository}` } : {},
    contexts: ({ name }: ImageSpec) => previous.get(name) ?? {},
    cacheFrom: (image: ImageSpec) => cacheFrom(inputs.cache, `${inputs.registry}/${image.name}`, cacheScope(env)),
    epoch,
    timeoutMs: inputs.timeoutMs,
    signal,
  };
  let started: Promise<BuildSettings> | undefined;
  const start = async (): Promise<BuildSettings> => ({ ...common, builder: await startBuilder(context, inputs, tools) });
  const key = (image: ImageSpec): KeySettings => ({
    secrets: Object.keys(inputs.secrets),
    labels: common.labels,
    contexts: common.contexts(image),
    builder: inputs.builder,
    epoch: epoch === undefined ? (variables.SOURCE_DATE_EPOCH ?? '') : `written ${epoch}`,
  });
  const keys = new Map<string, Promise<string | undefined>>();
  return {
    key,
    contentKey: (image) => {
      const known = keys.get(image.name) ?? contentKey(image, { ...key(image), signal }, tools.contexts);
      keys.set(image.name, known);
      return known;
    },
    build: () => {
      started ??= start();
      return started;
    },
    scan: { ...(await scanSettings(context, inputs)), listsPackages: inputs.sbom || writesRecords(context, inputs) },
  };
}

async function startBuilder({ log, signal, env, state, clock }: ActionContext, { builder }: BuildPushInputs, tools: BuildPushTools) {
  const name = `todo-deploy-${env.runId}-${clock.now().toString(36)}`.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  // Saved before it is made: a builder that a killed run left is removed too.
  if (!/^[A-Za-z0-9][\w.-]*$/.test(builder) || builder === 'own') state.saveJson('builder', { name, env: tools.docker.env });
  const started = await tools.builder.prepare({ builder, name, signal });
  log.info(`Building with ${started.name} (${started.driver})`);
  return started.name;
}

/** The job's own, else the commit's time. Throws ConfigurationError. */
async function epochOf({ SOURCE_DATE_EPOCH = '' }: ActionContext['variables'], { checkout }: BuildPushTools): Promise<number> {
  if (SOURCE_DATE_EPOCH === '') return await checkout.commitTime();
  if (/^\d{1,12}$/.test(SOURCE_DATE_EPOCH)) return Number(SOURCE_DATE_EPOCH);
  throw new ConfigurationError(`SOURCE_DATE_EPOCH is "${SOURCE_DATE_EPOCH}", which is no number of seconds since 1970`);
}

/** The image that each build may copy from, where it asks for one and there is one. By digest: the cache's build finds the same. */
async function previousImages(
  { images, registry, load }: BuildPushInputs,
  tools: BuildPushTools,
  { log, signal }: ActionContext,
): Promise<Map<string, Record<string, string>>> {
  const found = new Map<string, Record<string, string>>();
  for (const { name, previous } of images) {
    if (previous === undefined || load !== undefined) continue;
    const repository = `${registry}/${name}`;
    const image = await tools.registry.head(repository, previous, signal);
    log.info(`[${name}] previous: ${image ? `${repository}@${image.digest}` : `there is no ${repository}:${previous} yet`}`);
    if (image) found.set(name, { previous: `docker-image://${repository}@${image.digest}` });
  }
  return found;
}

async function scanSettings(context: ActionContext, inputs: BuildPushInputs): Promise<ScanSettings> {
  const [only, ...more] = inputs.trivyIgnores;
  const joined = async (): Promise<string> =>
    context.temp.file('trivyignore', (await Promise.all(inputs.trivyIgnores.map((path) => readFile(path, 'utf8')))).join('\n'));
  const ignoreFile = more.length === 0 ? only : await joined();
  return {
    scanners: inputs.rules.scanners,
    ignoreFile,
    rules: inputs.rules,
    timeoutMs: inputs.timeoutMs,
    signal: context.signal,
  };
}
