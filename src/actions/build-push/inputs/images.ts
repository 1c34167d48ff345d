import { existsSync } from 'node:fs';
import { parseBuildArgs } from '../../../build/build-args.ts';
import { COMMIT_INFO, type CommitInfo, lastingLabels } from '../../../build/commit-info.ts';
import { isRemote, parseContexts } from '../../../build/contexts.ts';
import { checkPlatform, parseImages } from '../../../build/images.ts';
import { parseAnnotations, parseLabels } from '../../../build/labels.ts';
import type { ImageSpec } from '../../../build/model.ts';
import { locateOutput } from '../../../build/outputs.ts';
import { dockerfileOf } from '../../../build/sarif.ts';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { Paths } from '../../shared/paths.ts';
import { absolute } from './paths.ts';
import { locateSsh } from './ssh.ts';

export interface ImageInputs {
  /** Paths absolute. */
  images: ImageSpec[];
  commitInfo: CommitInfo;
}

/** What is built, or was elsewhere. Read after all secrets: none of them may stand in what everyone can see. */
export function readImages(context: ActionContext, isBuilt: boolean): ImageInputs {
  const { inputs, env, secrets } = context;
  const images = parseImages(inputs.yaml('images', 'text'), {
    platforms: inputs.list('platforms').map((platform) => checkPlatform(platform, 'Input "platforms"')),
    buildArgs: parseBuildArgs(inputs.text('build-args'), 'Input "build-args"'),
    contexts: parseContexts(inputs.text('contexts'), 'Input "contexts"'),
    labels: parseLabels(inputs.text('labels'), 'Input "labels"'),
    annotations: parseAnnotations(inputs.text('annotations'), 'Input "annotations"'),
    noCache: inputs.boolean('no-cache', false),
    noCacheFilters: inputs.list('no-cache-filters'),
    pull: inputs.boolean('pull', false),
    ssh: inputs.lines('ssh'),
  });
  const commitInfo = inputs.choice('commit-info', COMMIT_INFO, 'off');
  // Of these the name and the platforms count: whatever they were made of is not here.
  if (!isBuilt)
    return {
      commitInfo: 'off',
      images: images.map(({ name, context: folder, platforms }) => ({ name, context: folder, platforms, buildArgs: {} })),
    };
  const paths = new Paths(env);
  for (const image of images) {
    checkFiles(image, paths, env.workspace);
    checkPublic(image, (value) => secrets.redact(value) !== value);
  }
  return { commitInfo, images: images.map((image) => located(image, context, paths)) };
}

function checkFiles(image: ImageSpec, paths: Paths, workspace: string): void {
  const of = (what: string): string => `Input "images": the ${what} of image "${image.name}" is`;
  paths.folder(image.context, of('context'));
  const dockerfile = dockerfileOf(image);
  if (!existsSync(absolute(dockerfile, workspace))) {
    throw new ConfigurationError(`Input "images": image "${image.name}" has no Dockerfile at ${dockerfile}`, {
      hint: 'name another one: {context: ., file: docker/Dockerfile}',
    });
  }
  paths.file(dockerfile, of('Dockerfile'));
  for (const [name, value] of Object.entries(image.contexts ?? {})) {
    if (isRemote(value)) continue;
    const what = `Image "${image.name}": its build context "${name}" is`;
    paths.folder(value, what, 'a folder of the workspace, or docker-image://…, oci-layout://…, https://…');
  }
}

/** What ends up in the image, its history and the list of processes. */
function checkPublic(image: ImageSpec, isSecret: (value: string) => boolean): void {
  const all = { 'build argument': image.buildArgs, label: image.labels, annotation: image.annotations, 'build context': image.contexts };
  for (const [kind, values] of Object.entries(all)) {
    const name = Object.entries(values ?? {}).find(([, value]) => isSecret(value))?.[0];
    if (name === undefined) continue;
    throw new ConfigurationError(`Image "${image.name}": the ${kind} "${name}" holds a secret of this step`, {
      hint: 'everyone who can pull the image could read it; hand it over with the input "secrets", and use RUN --mount=type=secret',
    });
  }
}

function located(image: ImageSpec, context: ActionContext, paths: Paths): ImageSpec {
  const { workspace } = context.env;
  const contexts = Object.entries(image.contexts ?? {}).map(([name, value]) => [
    name,
    isRemote(value) ? value : absolute(value, workspace),
  ]);
  return {
    ...image,
    context: absolute(image.context, workspace),
    file: absolute(dockerfileOf(image), workspace),
    contexts: Object.fromEntries(contexts),
    labels: { ...lastingLabels(image.name), ...image.labels },
    outputs: (image.outputs ?? []).map((output) =>
      locateOutput(output, (path) => paths.anywhere(path, `Image "${image.name}": an output goes to`)),
    ),
    ssh: (image.ssh ?? []).map((agent) => locateSsh(agent, image.name, context)),
  };
}
