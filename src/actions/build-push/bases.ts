import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourcesOf } from '../../build/known/sources.ts';
import { parseImage } from '../../interfaces/image-reference.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { BuildPushInputs } from './inputs.ts';
import type { RunSettings } from './settings.ts';
import type { BuildPushTools } from './tools.ts';

const LIMIT_MS = 60_000;

/**
 * What the name of a base image leads to now. A builder of our own asks registries as we do, and would have to be started first; one that is there
 * may have mirrors, so it is asked itself, by a build of nothing but that image, which pulls no layer. Undefined where there is no answer.
 */
export function createResolver(
  context: ActionContext,
  { builder }: BuildPushInputs,
  tools: BuildPushTools,
  settings: RunSettings,
): (image: string) => Promise<string | undefined> {
  const isOurs = builder === 'own' && !context.variables.BUILDKIT_HOST;
  const ask = async (image: string): Promise<string | undefined> => {
    const { reference } = parseImage(image);
    if (reference?.tag === undefined) return undefined;
    const { host, path, tag } = reference;
    if (isOurs) return (await tools.registry.head(`${host}/${path}`, tag, context.signal))?.digest;
    return await askBuilder(`${host}/${path}:${tag}`, context, tools, settings);
  };
  const asked = new Map<string, Promise<string | undefined>>();
  return (image) => {
    const answer =
      asked.get(image) ??
      ask(image).catch((error: unknown) => {
        context.signal.throwIfAborted();
        context.log.debug(`${image} could not be looked up: ${String(error)}`);
        return undefined;
      });
    asked.set(image, answer);
    return answer;
  };
}

async function askBuilder(
  image: string,
  context: ActionContext,
  tools: BuildPushTools,
  settings: RunSettings,
): Promise<string | undefined> {
  const folder = context.temp.directory('base');
  const file = join(folder, 'Dockerfile');
  await writeFile(file, `FROM ${image}\n`);
  const { builder } = await settings.build();
  const nothing = { buildArgs: {}, secrets: {}, labels: {}, platforms: [], contexts: {}, cacheFrom: [], cacheTo: [] };
  const { provenance } = await tools.builder.build({
    ...nothing,
    builder,
    context: folder,
    file,
    output: { kind: 'cache' },
    timeoutMs: LIMIT_MS,
    signal: context.signal,
  });
  return sourcesOf(provenance)?.find((source) => source.image === image)?.digest;
}
