import type { Reason } from '../../../interfaces/reasons.ts';
import { type Cause, causeOf, firstLine, GRACE, shortDetail, timesText } from './cause.ts';
import { imageCause, saysWhy } from './image.ts';
import { missingCause, missingIn } from './missing.ts';

const FORMAT = /exec format error/i;
const COMMAND = /executable file not found|no such file or directory|permission denied|is a directory/i;

const IMAGE_REASONS = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable']);
const START_REASONS = new Set(['RunContainerError', 'CreateContainerError', 'StartError', 'ContainerCannotRun']);

export interface Ended {
  exitCode: number;
  reason?: string;
  message?: string;
  signal?: number;
  startedAt?: string;
  finishedAt?: string;
}
interface ContainerState {
  waiting?: { reason?: string; message?: string } | undefined;
  terminated?: Ended | undefined;
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
  if (IMAGE_REASONS.has(reason)) return imageCause(image, saysWhy(message) ? message : pullDetail || message, reason);
  if (reason === 'CreateContainerConfigError') return configCause(where, message);
  if (START_REASONS.has(reason)) return startCause(where, message);
  const ended = endOf(status);
  if (!ended || (ended.exitCode === 0 && init)) return undefined;
  const said = ended.message ?? '';
  if (ended.exitCode >= 126 && (START_REASONS.has(ended.reason ?? '') || COMMAND.test(said))) return startCause(where, said);
  // One that runs again has ended as often as it was restarted, and its second try may be the good one.
  const running = status.state?.running !== undefined;
  const looping = reason === 'CrashLoopBackOff' || status.restartCount >= 2 || (init && status.restartCount >= 1 && !running);
  const tries = { begun: status.restartCount + 1, ended: status.restartCount + (running ? 0 : 1) };
  return looping ? { ...crashCause(where, init, ended, tries.ended), tries } : undefined;
}

/** Pure: how a container ended last. */
export const endOf = ({ state, lastState }: ContainerStatus): Ended | undefined => state?.terminated ?? lastState?.terminated;

const ROOT = /runAsNonRoot|cannot verify user is non-root/i;

/** What a kubelet needs to know before it creates a container. */
function configCause(where: string, message: string): Cause {
  const detail = shortDetail(message.replace(/^Error: /, ''));
  if (ROOT.test(message)) {
    return causeOf('runs-as-root', `${where} may not run as root: ${detail.replace(/ \(pod: .*\)$/, '')}`, GRACE.none);
  }
  if (missingIn(message) !== undefined || /couldn't find key|not found/i.test(message)) return missingCause(where, message);
  return causeOf('start-failed', `${where} cannot be created: ${detail}`, GRACE.moment);
}

function startCause(where: string, message: string): Cause {
  const reason: Reason = FORMAT.test(message)
    ? 'image-architecture'
    : isMount(message) || !COMMAND.test(message)
      ? 'start-failed'
      : 'bad-command';
  const mount = /error mounting .* to rootfs at ("[^"]+").*: ([^:]+)$/s.exec(message);
  const what = mount ? `a volume cannot be mounted at ${mount[1]}: ${mount[2]}` : message.replace(/^.*?(exec: )/s, '$1');
  return causeOf(reason, `${where} cannot start: ${shortDetail(what)}`, reason === 'start-failed' ? GRACE.moment : GRACE.none);
}

const isMount = (message: string): boolean => /error mounting|failed to mount|not a directory/i.test(message);

/** Pure: a container that ended `count` times, the last time as `ended` says. */
export function crashCause(where: string, init: boolean, ended: Ended, count: number): Cause {
  const times = timesText(count);
  if (ended.reason === 'OOMKilled') {
    return causeOf('out-of-memory', `${where} was killed ${times} for using more memory than its limit (OOMKilled)`, GRACE.none);
  }
  const how = endText(ended);
  if (init) return causeOf('init-failed', `${where} failed ${times} (${how})`, GRACE.none);
  if (ended.exitCode === 0 && !ended.signal) {
    return causeOf(
      'crash-loop',
      `${where} comes to its end right after it starts: ${times} (${how})`,
      GRACE.none,
      'Its command has no work left: start the server in the foreground. What runs once is a Job.',
    );
  }
  return causeOf('crash-loop', `${where} crashes right after it starts: ${times} (${how})`, GRACE.none);
}

export const endText = ({ signal, exitCode, message }: Ended): string => {
  const said = firstLine(message);
  return `${signal ? `signal ${signal}` : `exit code ${exitCode}`}${said ? `: ${shortDetail(said)}` : ''}`;
};
