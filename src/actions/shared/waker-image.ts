import { ConfigurationError } from '../../interfaces/errors.ts';
import { parseImage } from '../../interfaces/image-reference.ts';
import type { Inputs } from '../../runtime/inputs.ts';
import { WAKER_IMAGE } from '../../waker/index.ts';

/** The input `waker-image`: the product's own where it is left out. Throws ConfigurationError. */
export function readWakerImage(inputs: Inputs): string {
  const image = inputs.string('waker-image', { default: WAKER_IMAGE, pattern: /^/ });
  if (parseImage(image).reference !== undefined) return image;
  throw new ConfigurationError(`Input "waker-image" is "${image.slice(0, 300)}": not the name of an image`, {
    hint: `leave it out for ${WAKER_IMAGE}`,
  });
}
