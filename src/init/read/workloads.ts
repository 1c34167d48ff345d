import type { Checkout, Wanted, Workload } from '../model.ts';
import type { Compose, ComposeService } from './compose.ts';
import { checkedPath, routedPath } from './health.ts';
import type { FoundImage } from './images.ts';
import { dnsName } from './names.ts';
import { commandPort, portOf } from './port.ts';
import { runAs } from './user.ts';

/** Workloads with what was found out about them, and what was not. */
export interface FoundWorkloads {
  workloads: Workload[];
  front: string | undefined;
  found: string[];
  notes: string[];
}

const FRONT = /^(.*-)?(web|www|front(end)?|ui|app|client|site|nginx|proxy|gateway|caddy|portal|dashboard)(-.*)?$/;
const SECRET = /PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE|CREDENTIAL|_DSN$|^DSN$/i;

/** Pure: a workload for each service of the compose file, or one for each image. */
export function findWorkloads(
  images: readonly FoundImage[],
  checkout: Checkout,
  wanted: Wanted,
  compose: Compose | undefined,
): FoundWorkloads {
  const pairs = images.flatMap((image): { image: FoundImage; service: ComposeService | undefined }[] =>
    image.services.length === 0 ? [{ image, service: undefined }] : image.services.map((service) => ({ image, service })),
  );
  const result: FoundWorkloads = { workloads: [], front: undefined, found: [], notes: [] };
  for (const { image, service } of pairs)
    result.workloads.push(workloadOf(image, service, pairs.length, { checkout, wanted, compose, result }));
  result.front = frontOf(result.workloads, compose);
  return result;
}

interface Surroundings {
  checkout: Checkout;
  wanted: Wanted;
  compose: Compose | undefined;
  result: FoundWorkloads;
}

function workloadOf(image: FoundImage, service: ComposeService | undefined, count: number, around: Surroundings): Workload {
  const { checkout, result } = around;
  // A Service's name begins with a letter.
  const name = dnsName(service?.name ?? image.part).replace(/^(?=\d)/, 'app-');
  const port = workloadPort(image, service, count, around);
  const health = port === undefined ? undefined : healthOf(image, service, port.port, checkout);
  const { user, writable, doubt } = runAs(image.dockerfile);
  if (port !== undefined)
    result.found.push(`${name}: port ${port.port} (${port.from})${health ? `, answers at ${health.path} (${health.from})` : ''}`);
  else result.found.push(`${name}: a worker, since nothing names a port`);
  if (port !== undefined && health === undefined)
    result.notes.push(
      `${name}: no path for health checks was found, so that its probes only open the port; set ${name}'s "health" in values.yaml`,
    );
  if (doubt !== undefined) result.notes.push(`${name}: ${doubt}`);
  const { env, secretEnv } = variablesOf(name, service, around);
  return {
    name,
    image: image.image.name,
    port: port?.port,
    health: health?.path,
    user,
    writable,
    command: service?.entrypoint,
    args: service?.command,
    env,
    secretEnv,
  };
}

/** By flag, compose file, Dockerfile and framework, in this order. */
function workloadPort(
  image: FoundImage,
  service: ComposeService | undefined,
  count: number,
  { checkout, wanted, compose, result }: Surroundings,
): { port: number; from: string } | undefined {
  const flag = wanted.ports[service?.name ?? image.part] ?? wanted.ports[image.image.name] ?? (count === 1 ? wanted.port : undefined);
  if (flag !== undefined) return { port: flag, from: '--port' };
  const [own] = service?.ports ?? [];
  if (own !== undefined) return { port: own, from: compose?.path ?? 'the compose file' };
  const said = commandPort([...(service?.entrypoint ?? []), ...(service?.command ?? [])].join(' '));
  if (said !== undefined) return { port: said, from: 'its command' };
  // A second command of an image that serves under another one.
  if (service?.command !== undefined || service?.entrypoint !== undefined) return undefined;
  const found = portOf(image.dockerfile, image.sources, checkout) ?? portOf(image.dockerfile, image.image.context, checkout);
  if (found !== undefined || count > 1) return found;
  result.notes.push('No port was found, and the chart says 8080: give --port if that is not it');
  return { port: 8080, from: 'a guess' };
}

function healthOf(
  { dockerfile, sources }: FoundImage,
  service: ComposeService | undefined,
  port: number,
  checkout: Checkout,
): { path: string; from: string } | undefined {
  const composed = checkedPath(service?.healthcheck, port);
  if (composed !== undefined) return { path: composed, from: "the compose file's healthcheck" };
  const checked = checkedPath(dockerfile.healthcheck, port);
  return checked === undefined ? routedPath(sources, checkout) : { path: checked, from: 'HEALTHCHECK' };
}

/** What is secret, or leads to a service that is not built here, is asked for as a secret. */
function variablesOf(
  name: string,
  service: ComposeService | undefined,
  { compose, result }: Surroundings,
): { env: Record<string, string>; secretEnv: string[] } {
  const others = Object.keys(compose?.others ?? {});
  const leadsTo = (text: string) => others.find((other) => new RegExp(`(^|[/@,])${escaped(other)}([:/,]|$)`).test(text));
  const env: Record<string, string> = {};
  const secretEnv: string[] = [];
  for (const [variable, value] of Object.entries(service?.env ?? {})) {
    if (!/^[A-Za-z_]\w*$/.test(variable)) continue;
    if (SECRET.test(variable) || value === '' || /:\/\/[^/]*@/.test(value) || (/:\/\//.test(value) && leadsTo(value)))
      secretEnv.push(variable);
    else env[variable] = value;
    const other = secretEnv.includes(variable) ? undefined : leadsTo(value);
    if (!secretEnv.includes(variable) && /\b(localhost|127\.0\.0\.1)\b/.test(value))
      result.notes.push(`${name}: ${variable} is "${value}", which is the pod itself in a cluster: set its address in values.yaml`);
    if (other !== undefined)
      result.notes.push(
        `${name}: ${variable} is "${value}", and ${other} (${compose?.others[other]}) is not part of the chart: set its address in values.yaml`,
      );
  }
  return { env, secretEnv };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What people open in a browser. */
function frontOf(workloads: readonly Workload[], compose: Compose | undefined): string | undefined {
  const serving = workloads.filter(({ port }) => port !== undefined);
  const published = serving.filter(({ name }) => compose?.services.some((one) => dnsName(one.name) === name && one.published));
  const candidates = published.length > 0 ? published : serving;
  return (candidates.find(({ name }) => FRONT.test(name)) ?? candidates[0])?.name;
}
