import { existsSync, statSync } from 'node:fs';
import { checkPlatform, parseImages, parsePairs } from '../../../build/images.ts';
import type { ImageSpec } from '../../../build/model.ts';
import { dockerfileOf } from '../../../build/sarif.ts';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { absolute } from './paths.ts';

export interface ImageInputs {
  /** Paths absolute. */
  images: ImageSpec[];
}

/** What is built. */
export function readImages({ inputs, env }: ActionContext): ImageInputs {
  const platforms = inputs.list('platforms').map((platform) => checkPlatform(platform, 'Input "platforms"'));
  const buildArgs = parsePairs(inputs.lines('build-args'), 'Input "build-args"');
  const images = parseImages(inputs.yaml('images'), { platforms, buildArgs });
  for (const image of images) checkFiles(image, env.workspace);
  return { images: images.map((image) => located(image, env.workspace)) };
}

function checkFiles(image: ImageSpec, workspace: string): void {
  const folder = absolute(image.context, workspace);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigurationError(`Input "images": the context of image "${image.name}" is ${image.context}, which is not a folder`, {
      hint: 'paths are relative to the workspace; is there an actions/checkout step before this one?',
    });
  }
  const dockerfile = absolute(dockerfileOf(image), workspace);
  if (!existsSync(dockerfile)) {
    throw new ConfigurationError(`Input "images": image "${image.name}" has no Dockerfile at ${dockerfileOf(image)}`, {
      hint: 'name another one: {context: ., file: docker/Dockerfile}',
    });
  }
}

function located(image: ImageSpec, workspace: string): ImageSpec {
  return { ...image, context: absolute(image.context, workspace), file: absolute(dockerfileOf(image), workspace) };
}
