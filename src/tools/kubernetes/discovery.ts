import { HttpError } from '../../interfaces/errors.ts';
import type { KindRef } from '../../interfaces/kubernetes.ts';
import type { Transport } from './transport.ts';

export interface ApiResource {
  plural: string;
  namespaced: boolean;
  verbs: string[];
}

interface ResourceList {
  resources?: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

/** Which kinds the cluster knows. Results are kept; an unknown kind is asked for again, since a CRD may have come meanwhile. */
export class Discovery {
  readonly #transport: Transport;
  readonly #groups = new Map<string, Promise<Map<string, ApiResource>>>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async find({ apiVersion, kind }: KindRef): Promise<ApiResource | undefined> {
    const known = (await this.#group(apiVersion)).get(kind);
    if (known !== undefined) return known;
    this.#groups.delete(apiVersion);
    return (await this.#group(apiVersion)).get(kind);
  }

  async need(ref: KindRef): Promise<ApiResource> {
    const found = await this.find(ref);
    if (found !== undefined) return found;
    throw new HttpError(`The cluster does not know the kind ${ref.kind} (${ref.apiVersion})`, {
      status: 404,
      code: 'UnknownKind',
      hint: 'is the operator or its CRD installed, and is the apiVersion one that this Kubernetes version serves?',
    });
  }

  /** All kinds of a group, in the version that the cluster prefers. */
  async ofGroup(group: string): Promise<{ ref: KindRef; plural: string; namespaced: boolean; verbs: string[] }[]> {
    const apiVersion = group === '' ? 'v1' : await this.#preferred(group);
    if (apiVersion === undefined) return [];
    return [...(await this.#group(apiVersion))].map(([kind, resource]) => ({ ref: { apiVersion, kind }, ...resource }));
  }

  async #preferred(group: string): Promise<string | undefined> {
    try {
      const path = `/apis/${encodeURIComponent(group)}`;
      const found = await this.#transport.json<{ preferredVersion?: { groupVersion?: string } }>({ method: 'GET', path }, 'safe');
      return found.preferredVersion?.groupVersion;
    } catch (error) {
      if (error instanceof HttpError && error.status === 404) return undefined;
      throw error;
    }
  }

  #group(apiVersion: string): Promise<Map<string, ApiResource>> {
    const cached = this.#groups.get(apiVersion);
    if (cached !== undefined) return cached;
    const reading = this.#read(apiVersion);
    this.#groups.set(apiVersion, reading);
    reading.catch(() => this.#groups.delete(apiVersion));
    return reading;
  }

  async #read(apiVersion: string): Promise<Map<string, ApiResource>> {
    try {
      const list = await this.#transport.json<ResourceList>({ method: 'GET', path: groupPath(apiVersion) }, 'safe');
      const main = (list.resources ?? []).filter((resource) => !resource.name.includes('/'));
      return new Map(main.map(({ name, kind, namespaced, verbs }) => [kind, { plural: name, namespaced, verbs }]));
    } catch (error) {
      if (error instanceof HttpError && error.status === 404) return new Map();
      throw error;
    }
  }
}

/** `v1` → `/api/v1`, `apps/v1` → `/apis/apps/v1`. */
export function groupPath(apiVersion: string): string {
  const parts = apiVersion.split('/').map(encodeURIComponent);
  return `${parts.length === 1 ? '/api' : '/apis'}/${parts.join('/')}`;
}

export interface PathParts {
  namespace?: string | undefined;
  name?: string | undefined;
  subresource?: string | undefined;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** The REST path of a resource, every part encoded. */
export function resourcePath(apiVersion: string, resource: ApiResource, parts: PathParts): string {
  const place = resource.namespaced && parts.namespace !== undefined ? `/namespaces/${encodeURIComponent(parts.namespace)}` : '';
  const name = parts.name === undefined ? '' : `/${encodeURIComponent(parts.name)}`;
  const sub = parts.subresource === undefined ? '' : `/${parts.subresource.split('/').map(encodeURIComponent).join('/')}`;
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parts.query ?? {})) if (value !== undefined && value !== '') query.set(key, String(value));
  const text = query.toString();
  return `${groupPath(apiVersion)}${place}/${resource.plural}${name}${sub}${text === '' ? '' : `?${text}`}`;
}
