import type { KindRef } from '../../interfaces/kubernetes.ts';
import type { Ingress } from '../../interfaces/objects.ts';
import type { SmokeCheck, SmokeTarget } from '../../smoke/model.ts';
import type { NodeDoor, SplitResult } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import type { Run } from '../run/run.ts';
import { gatewayAddress } from './gateway-address.ts';
import { nodeDoorUrl } from './node-door.ts';

/** How users reach the app. */
export interface FrontDoor {
  url: string;
  /** Where to connect instead of resolving the host, because it does not resolve yet. */
  address?: string | undefined;
}

/** What a version's split says of its front doors. */
type Rendered = Pick<SplitResult, 'url' | 'nodeDoors'> & Partial<Pick<SplitResult, 'baseObjects'>>;

const INGRESS: KindRef<Ingress> = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
const isAddress = (host: string): boolean => /^[\d.]+$/.test(host) || host.startsWith('[');

/**
 * The app's URL (input `url`, else the first host of the render, else a port of the nodes, which is then reported). A host that does not resolve yet
 * is reached by the Ingress's or Gateway's own address, with a warning; undefined where there is no way.
 */
export async function findFrontDoor(run: Run, rendered: Rendered): Promise<FrontDoor | undefined> {
  const url = run.options.url ?? rendered.url;
  if (url === undefined) return rendered.nodeDoors.length > 0 ? await byNode(run, rendered.nodeDoors) : undefined;
  const { hostname } = new URL(url);
  if (isAddress(hostname) || (await run.resolves(hostname))) return { url };
  const address = (await ingressAddress(run, hostname)) ?? (await gatewayAddress(run, rendered.baseObjects ?? [], hostname));
  const todo = address
    ? `create a DNS record ${hostname} → ${address}`
    : `create a DNS record for ${hostname} once the Ingress or Gateway has an address`;
  const message = `${hostname} does not resolve yet: ${todo}`;
  if (!run.report.notes.includes(message)) {
    run.log.warning(message);
    run.report.notes.push(message);
  }
  return address && !/[a-z]/i.test(address) ? { url, address } : undefined;
}

async function byNode(run: Run, doors: readonly NodeDoor[]): Promise<FrontDoor | undefined> {
  const { url, why } = await nodeDoorUrl(run, doors);
  if (url !== undefined) {
    run.report.url = url;
    return { url };
  }
  if (!run.report.notes.includes(why)) {
    run.log.warning(why);
    run.report.notes.push(why);
  }
  return undefined;
}

/**
 * What the user asked to be checked at the front door must be checked. Only a first deploy, whose DNS record may not be there yet, goes
 * on without. Errors: `StepFailure` (configuration).
 */
export function requireFrontDoor(run: Run, door: FrontDoor | undefined, firstDeploy: boolean): void {
  if (door || firstDeploy) return;
  const { smoke, url, versionHeader } = run.options;
  const check = smoke.find((one) => one.service === undefined && one.url === undefined);
  if (!check && !versionHeader && url === undefined) return;
  const what = check ? `the check "${check.name}"` : versionHeader ? `the header "${versionHeader}"` : `the input "url"`;
  throw new StepFailure(
    'configuration',
    `The front door ${url ?? run.report.url ?? ''} cannot be reached from here, and ${what} needs it`,
    {
      hint: `${run.report.notes.at(-1) ?? 'The app has no URL'}. Or omit the input: then readiness and checks of services decide.`,
    },
  );
}

async function ingressAddress({ kubernetes, options }: Run, host: string): Promise<string | undefined> {
  const { items } = await kubernetes.list(INGRESS);
  const own = items.filter((ingress) => ingress.metadata.annotations?.['meta.helm.sh/release-name'] === options.release);
  const serves = (ingress: Ingress) => ingress.spec?.rules?.some((rule) => !rule.host || rule.host === host);
  const found = own.find(serves) ?? own[0];
  const entry = found?.status?.loadBalancer?.ingress?.[0];
  return entry?.ip ?? entry?.hostname;
}

/** Where users are served: for checks that name a URL or only a path. */
export function urlTargets(check: SmokeCheck, door: FrontDoor | undefined): SmokeTarget[] {
  if (check.url !== undefined) return [{ label: check.url, baseUrl: check.url }];
  if (!door) return [];
  return [{ label: door.url, baseUrl: door.url, address: door.address }];
}
