import { type Cause, causeOf, GRACE, shortDetail } from './cause.ts';

const NOT_FOUND = /not found|manifest unknown|name unknown|does not exist|no such (image|manifest)|NAME_UNKNOWN|MANIFEST_UNKNOWN/i;
const AUTH = /unauthorized|forbidden|authorization failed|authentication required|no basic auth|denied|insufficient_scope|\b401\b|\b403\b/i;
/** As containerd, Docker and CRI-O say it. */
const PLATFORM = /no match for platform in manifest|no matching manifest for \S+|no image found in .* for architecture/i;

/** What else registries and networks say, and what to do about it. */
const HINTS: readonly [RegExp, string][] = [
  [
    /toomanyrequests|too many requests|rate limit/i,
    'The registry limits how often it is asked: log in to it (input "image-pull-secrets"), or mirror the image.',
  ],
  [/x509|certificate/i, "The node does not trust the registry's certificate: give the nodes the CA that signed it."],
  [/server gave HTTP response to HTTPS client/i, 'The registry speaks plain HTTP: the container runtime of the nodes has to be told so.'],
  [/no such host|server misbehaving/i, "The node does not find the registry's name: check the image's name, and the nodes' DNS."],
  [/no space left on device/i, 'The disk of the node is full: remove images, or give the node a larger one.'],
];

/** Whether a message says why an image was not pulled. */
export const saysWhy = (message: string): boolean => [PLATFORM, NOT_FOUND, AUTH].some((known) => known.test(message));

/** An image that could not be pulled: `detail` is the message of the container's state or of the pod's event. */
export function imageCause(image: string, detail: string, waitingReason: string): Cause {
  if (waitingReason === 'InvalidImageName') {
    return causeOf('image-not-found', `The image name "${image}" is not valid`, GRACE.none, "Correct the image's name in the chart.");
  }
  if (PLATFORM.test(detail)) {
    const found = PLATFORM.exec(detail)?.[0];
    return causeOf('image-architecture', `The image ${image} is not built for the platform of the node: ${found}`, GRACE.none);
  }
  // A name that does not resolve is "not found", too, and says nothing of the image.
  const known = HINTS.find(([pattern]) => pattern.test(detail));
  if (known) return causeOf('image-pull', pullText(image, detail), GRACE.patient, known[1]);
  if (AUTH.test(detail)) {
    return causeOf('registry-auth', `The registry does not let the cluster pull ${image}: ${shortDetail(detail)}`, GRACE.none);
  }
  if (NOT_FOUND.test(detail)) {
    return causeOf('image-not-found', `The image ${image} does not exist in the registry`, GRACE.none);
  }
  if (waitingReason === 'ErrImageNeverPull') {
    return causeOf(
      'image-not-found',
      `The image ${image} is not on the node and imagePullPolicy is Never`,
      GRACE.none,
      'Let the node pull it: imagePullPolicy: IfNotPresent.',
    );
  }
  return causeOf('image-pull', pullText(image, detail), GRACE.patient);
}

const pullText = (image: string, detail: string): string =>
  `The image ${image} cannot be pulled${detail ? `: ${shortDetail(detail)}` : ''}`;
