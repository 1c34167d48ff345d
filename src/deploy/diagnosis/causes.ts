import { REASONS, type Reason } from '../../interfaces/reasons.ts';

/** A cause named from what Kubernetes says about a container or an object. */
export interface Cause {
  reason: Reason;
  /** One line. */
  message: string;
  hint?: string | undefined;
  /** How long this must last before it counts: some of it passes by itself. */
  graceMs: number;
  /** Name of the Secret or ConfigMap that is not there. */
  missing?: string | undefined;
}

const NOW = 0;
const SOON = 10_000;
/** What an operator or a hand makes a moment later: the kubelet looks again after up to 16 s. */
const MOMENT = 20_000;
/** A node that has just come may not have its network yet. */
const NODE = 30_000;
const PATIENT = 60_000;

/** A cause whose hint is what the table of reasons says, where it has none of its own. */
export function causeOf(reason: Reason, message: string, graceMs: number, hint: string = REASONS[reason].todo): Cause {
  return { reason, message, hint, graceMs };
}

const firstLine = (text: string | undefined): string => (text ?? '').split('\n')[0]?.trim() ?? '';

const NOT_FOUND = /not found|manifest unknown|name unknown|does not exist|no such (image|manifest)|NAME_UNKNOWN|MANIFEST_UNKNOWN/i;
const AUTH = /unauthorized|forbidden|authorization failed|authentication required|no basic auth|denied|insufficient_scope|\b401\b|\b403\b/i;

/** As containerd, Docker and CRI-O say it. */
const PLATFORM = /no match for platform in manifest|no matching manifest for \S+|no image found in .* for architecture/i;
const FORMAT = /exec format error/i;

/** An image that could not be pulled: `detail` is the message of the container's state or of the pod's event. */
export function imageCause(image: string, detail: string, waitingReason: string): Cause {
  if (waitingReason === 'InvalidImageName') {
    return causeOf('image-not-found', `The image name "${image}" is not valid`, NOW, "Correct the image's name in the chart.");
  }
  if (PLATFORM.test(detail)) {
    const found = PLATFORM.exec(detail)?.[0];
    return causeOf('image-architecture', `The image ${image} is not built for the platform of the node: ${found}`, NOW);
  }
  if (AUTH.test(detail)) {
    return causeOf('registry-auth', `The registry does not let the cluster pull ${image}: ${shortDetail(detail)}`, NOW);
  }
  if (NOT_FOUND.test(detail)) {
    return causeOf('image-not-found', `The image ${image} does not exist in the registry`, NOW);
  }
  if (waitingReason === 'ErrImageNeverPull') {
    return causeOf(
      'image-not-found',
      `The image ${image} is not on the node and imagePullPolicy is Never`,
      NOW,
      'Let the node pull it: imagePullPolicy: IfNotPresent.',
    );
  }
  return causeOf('image-pull', `The image ${image} cannot be pulled${detail ? `: ${shortDetail(detail)}` : ''}`, PATIENT);
}

/** The end of a chain of wrapped errors says most. */
function shortDetail(detail: string): string {
  const line = firstLine(detail);
  return line.length <= 200 ? line : `…${line.slice(-200)}`;
}

const IMAGE_REASONS = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable']);
const START_REASONS = new Set(['RunContainerError', 'CreateContainerError', 'StartError', 'ContainerCannotRun']);

interface ContainerState {
  waiting?: { reason?: string; message?: string } | undefined;
  terminated?: { exitCode: number; reason?: string; message?: string; signal?: number; finishedAt?: string } | undefined;
  running?: { startedAt?: string } | undefined;
}
export interface ContainerStatus {
  name: string;
  image: string;
  ready: boolean;
  /** Its startup probe has passed, or there is none. */
  started?: boolean | undefined;
  restartCount: number;
  state?: ContainerState | undefined;
  lastState?: ContainerState | undefined;
}

/** Pure: why this container will not run, if it is clear. `pullDetail` is the newest pull event of its pod. */
export function containerCause(
  status: ContainerStatus,
  where: string,
  init: boolean,
  image: string,
  pullDetail: string,
): Cause | undefined {
  const waiting = status.state?.waiting;
  const reason = waiting?.reason ?? '';
  const message = waiting?.message ?? '';
  if (IMAGE_REASONS.has(reason))
    return imageCause(image, [PLATFORM, NOT_FOUND, AUTH].some((known) => known.test(message)) ? message : pullDetail || message, reason);
  if (reason === 'CreateContainerConfigError') {
    return missingCause(where, message);
  }
  if (START_REASONS.has(reason)) return startCause(where, message);
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  if (!ended || (ended.exitCode === 0 && init)) return undefined;
  if (
    START_REASONS.has(ended.reason ?? '') ||
    /executable file not found|no such file or directory|permission denied/i.test(ended.message ?? '')
  ) {
    if (ended.exitCode >= 126) return startCause(where, ended.message ?? '');
  }
  const looping = reason === 'CrashLoopBackOff' || status.restartCount >= 2 || (init && status.restartCount >= 1);
  if (!looping) return undefined;
  return crashCause(where, init, ended, status.restartCount + 1);
}

function startCause(where: string, message: string): Cause {
  return causeOf(
    FORMAT.test(message) ? 'image-architecture' : 'bad-command',
    `${where} cannot start: ${shortDetail(message.replace(/^.*?(exec: )/s, '$1'))}`,
    NOW,
  );
}

/** Pure: a container that ended `count` times, the last time as `ended` says. */
export function crashCause(where: string, init: boolean, ended: NonNullable<ContainerState['terminated']>, count: number): Cause {
  const times = count === 1 ? 'once' : `${count} times`;
  if (ended.reason === 'OOMKilled') {
    return causeOf('out-of-memory', `${where} was killed ${times} for using more memory than its limit (OOMKilled)`, NOW);
  }
  const how = ended.signal ? `signal ${ended.signal}` : `exit code ${ended.exitCode}`;
  if (init) return causeOf('init-failed', `${where} failed ${times} (${how})`, NOW);
  return causeOf('crash-loop', `${where} crashes right after it starts: ${times} (${how})`, NOW);
}

/** Pure: why a controller cannot create pods (message of FailedCreate or of a ReplicaFailure condition). */
export function createCause(owner: string, message: string): Cause {
  if (/exceeded quota/i.test(message)) {
    return causeOf(
      'quota-exceeded',
      `${owner} cannot create pods: ${firstLine(message).replace(/^.*?exceeded quota/i, 'exceeded quota')}`,
      SOON,
    );
  }
  if (/violates PodSecurity|admission webhook|denied the request|forbidden/i.test(message)) {
    return causeOf('admission-refused', `The cluster refuses the pods of ${owner}: ${firstLine(message)}`, SOON);
  }
  // Nothing is known of it: no hint would fit.
  return { reason: 'not-ready', message: `${owner} cannot create pods: ${firstLine(message)}`, graceMs: PATIENT };
}

const MISSING = [
  /(?:secret|configmap) "([^"]+)" not found/i,
  /in (?:Secret|ConfigMap) [^/\s]+\/(\S+)/,
  /non-existent (?:secret|config) key/,
];

/** Pure: the Secret or ConfigMap that a kubelet misses, by its message; '' where a key of it is missing; undefined for anything else. */
export function missingIn(message: string): string | undefined {
  const found = MISSING.map((pattern) => pattern.exec(message)).find((match) => match !== null);
  return found ? (found[1] ?? '') : undefined;
}

/** Pure: a Secret, a ConfigMap or a key of one that is not there. */
export function missingCause(where: string, message: string): Cause {
  const detail = firstLine(message).replace(/^MountVolume\.SetUp failed for (volume "[^"]+") ?: (.*)$/, '$2 ($1)');
  const cause = causeOf('missing-config', `${where} needs configuration that is not there: ${detail}`, MOMENT);
  return { ...cause, missing: missingIn(message) || undefined };
}

/** Pure: a node that cannot set a pod up. */
export function sandboxCause(pod: string, message: string): Cause {
  return causeOf(
    'sandbox-failed',
    `The node cannot set pod ${pod} up: ${shortDetail(message.replace(/^Failed to create pod sandbox: /, ''))}`,
    NODE,
  );
}

/** Pure: why a pod gets no volume. */
export function volumeCause(pod: string, message: string): Cause {
  return causeOf('volume-pending', `Pod ${pod} waits for a volume: ${firstLine(message)}`, PATIENT);
}

/** Pure: why a pod finds no node. */
export function scheduleCause(pod: string, message: string): Cause {
  if (/persistentvolumeclaim/i.test(message)) return volumeCause(pod, message);
  return causeOf('unschedulable', `No node can take pod ${pod}: ${firstLine(message)}`, PATIENT);
}
