import type { Event, Pod } from '../../../interfaces/objects.ts';
import { timeOf } from '../event-time.ts';
import { newestOf } from '../events.ts';
import { type Cause, causeOf, firstLine, GRACE, shortDetail, timesText } from './cause.ts';
import { type ContainerStatus, endOf } from './container.ts';

type Container = NonNullable<Pod['spec']>['containers'][number];
export type ProbeName = 'startup' | 'readiness' | 'liveness';

/** E.g. `readiness probe GET :8000/health`; '' where the container has none of that name. */
function probeText(container: Container | undefined, name: ProbeName): string {
  const probe = container?.[`${name}Probe`];
  if (!probe) return '';
  const port = (wanted: number | string): number | string => container?.ports?.find((one) => one.name === wanted)?.containerPort ?? wanted;
  if (probe.httpGet) {
    const { scheme = 'HTTP', path = '/' } = probe.httpGet;
    return `${name} probe GET ${scheme === 'HTTP' ? '' : 'https://'}:${port(probe.httpGet.port)}${path.startsWith('/') ? path : `/${path}`}`;
  }
  if (probe.tcpSocket) return `${name} probe TCP :${port(probe.tcpSocket.port)}`;
  if (probe.grpc) return `${name} probe gRPC :${probe.grpc.port}`;
  return probe.exec ? `${name} probe ${JSON.stringify(probe.exec.command)}` : '';
}

/** What a probe got, in the kubelet's words made short. */
interface Answer {
  text: string;
  hint?: string;
}

const ANSWERS: readonly [RegExp, (match: RegExpExecArray) => Answer][] = [
  [
    /statuscode: (\d+)/,
    ([, status]) => ({
      text: `answered ${status}`,
      hint:
        status === '404'
          ? 'The app does not know this path: correct the probe, or the path of the app.'
          : status === '401' || status === '403'
            ? 'A probe carries no login: let it ask a path that needs none.'
            : 'The app answers that it is not ready: its log says why.',
    }),
  ],
  [
    /connection refused/,
    () => ({
      text: 'met no listener (connection refused)',
      hint: 'The app must listen on this port, and on all addresses (0.0.0.0) instead of localhost alone; it may also still be starting.',
    }),
  ],
  [
    /context deadline exceeded|Client\.Timeout|timed out|i\/o timeout|no route to host/i,
    () => ({
      text: 'got no answer in time',
      hint: 'Give the probe a longer timeoutSeconds, or find out what keeps the app from answering.',
    }),
  ],
  [
    /gave HTTP response to HTTPS client/,
    () => ({ text: 'asked with TLS, and the app speaks plain HTTP', hint: 'Set scheme: HTTP in the probe.' }),
  ],
  [
    /malformed HTTP response|HTTP request to an HTTPS server|x509|tls:/,
    () => ({ text: 'asked without TLS, and the app speaks TLS', hint: 'Set scheme: HTTPS in the probe.' }),
  ],
];

/** Pure: `Readiness probe failed: HTTP probe failed with statuscode: 503` → `answered 503`. */
function answerOf(message: string): Answer {
  const said = message.replace(/^\w+ probe (?:failed|errored[^:]*): ?/, '');
  for (const [pattern, answer] of ANSWERS) {
    const match = pattern.exec(said);
    if (match) return answer(match);
  }
  return { text: `failed: ${shortDetail(said)}` };
}

const ofContainer = (event: Event, pod: Pod, container: string): boolean =>
  event.involvedObject.uid === pod.metadata.uid && (event.involvedObject.fieldPath ?? '').endsWith(`{${container}}`);

/** Pure: what a container's probe asked and got last, by the events; undefined where it has none of that name. */
export function probeFailure(events: readonly Event[], pod: Pod, name: string, probe: ProbeName): Answer | undefined {
  const asked = probeText(
    [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((one) => one.name === name),
    probe,
  );
  if (asked === '') return undefined;
  const said = newestOf(
    events.filter(
      (event) => event.reason === 'Unhealthy' && ofContainer(event, pod, name) && firstLine(event.message).toLowerCase().startsWith(probe),
    ),
  );
  if (!said) return { text: asked };
  const { text, hint } = answerOf(firstLine(said.message));
  return { text: `${asked} ${text}`, ...(hint ? { hint } : {}) };
}

const KILLED = /failed (liveness|startup) probe/;

/** Pure: a container that ended since its kubelet killed it for a probe; undefined where it ended by itself. */
export function probeKill(events: readonly Event[], pod: Pod, status: ContainerStatus, where: string): Cause | undefined {
  const ended = endOf(status);
  if (!ended) return undefined;
  const kill = newestOf(
    events.filter((event) => event.reason === 'Killing' && ofContainer(event, pod, status.name) && KILLED.test(event.message ?? '')),
  );
  if (!kill || !within(ended, timeOf(kill))) return undefined;
  const probe = KILLED.exec(kill.message ?? '')?.[1] === 'startup' ? 'startup' : 'liveness';
  const { text, hint } = probeFailure(events, pod, status.name, probe) ?? { text: `${probe} probe` };
  const slow =
    probe === 'startup'
      ? 'Raise failureThreshold of its startupProbe if the app only takes longer to start.'
      : 'If the app only takes longer to start, give it a startupProbe.';
  return causeOf(
    'liveness-killed',
    `${where} is killed by its ${text}: ${timesText(status.restartCount)}`,
    GRACE.none,
    [hint, slow].filter(Boolean).join(' '),
  );
}

/** Events know seconds. */
const SLACK_MS = 1_500;

function within({ startedAt, finishedAt }: { startedAt?: string; finishedAt?: string }, at: number): boolean {
  const [from, to] = [Date.parse(startedAt ?? ''), Date.parse(finishedAt ?? '')];
  return (Number.isNaN(from) || at >= from - SLACK_MS) && (Number.isNaN(to) || at <= to + SLACK_MS);
}
