import { HttpError, ToolError } from '../../interfaces/errors.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import type { AttachRequest, Descriptor, PushLayoutRequest, PushReport, Registry } from '../../interfaces/registry.ts';
import type { RegistryFailure, RegistryLogin } from '../../interfaces/registry-provider.ts';
import { DockerLogins } from './credentials.ts';
import { ACCEPT, bare, digestOf, EMPTY, mediaTypeOf, OCI_INDEX, OCI_MANIFEST, parseManifest } from './manifests.ts';
import { checkReference, type Place, parseRepository } from './reference.ts';
import { RegistrySession } from './session.ts';
import { pushLayout, putBlob, putManifest, removeManifest } from './upload.ts';

const MAX_ARTIFACT = 32 * 1024 * 1024;

export interface RegistryClientOptions {
  runner: ProcessRunner;
  /** Folder of docker's config.json; default as docker's. */
  dockerConfig?: string | undefined;
  env?: Readonly<Record<string, string | undefined>>;
  mask?: ((secret: string) => void) | undefined;
  /** Asked before docker's login state is looked at; undefined: that decides. */
  login?: ((repository: string) => Promise<RegistryLogin | undefined>) | undefined;
  /** What to do about an error, in the registry's own words; undefined for what holds anywhere. */
  errors?: ((failure: RegistryFailure) => string | undefined) | undefined;
}

/** A registry by the OCI distribution protocol; see `Registry`. */
export class RegistryClient implements Registry {
  readonly #options: RegistryClientOptions;
  readonly #logins: DockerLogins;
  readonly #sessions = new Map<string, RegistrySession>();

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    this.#logins = new DockerLogins({
      runner: options.runner,
      folder: options.dockerConfig,
      env: options.env ?? process.env,
      mask: options.mask,
    });
  }

  #at(repository: string): { place: Place; session: RegistrySession } {
    const place = parseRepository(repository);
    let session = this.#sessions.get(place.host);
    if (session === undefined) {
      const { env, login, errors } = this.#options;
      session = new RegistrySession(place.host, {
        env: env ?? process.env,
        login: async (at) => (await login?.(nameOf(at))) ?? (await this.#logins.find(at.registry)),
        errors: (failure) => errors?.(failure),
      });
      this.#sessions.set(place.host, session);
    }
    return { place, session };
  }

  async authorize(repository: string, action: 'pull' | 'push', signal?: AbortSignal): Promise<void> {
    const { place, session } = this.#at(repository);
    const what = `${action === 'push' ? 'pushing to' : 'reading'} ${repository}`;
    if (action === 'pull') {
      await session.send(place, { method: 'GET', path: `/v2/${place.path}/tags/list?n=1`, action, accept: [200, 404], signal, what });
      return;
    }
    // An upload that is begun and given up leaves nothing.
    const begun = await session.send(place, {
      method: 'POST',
      path: `/v2/${place.path}/blobs/uploads/`,
      action,
      accept: [202],
      signal,
      what,
    });
    const path = new URL(begun.headers.location ?? '', await session.origin()).href;
    await session.once(place, { method: 'DELETE', path, action, accept: [200, 202, 204, 404, 405], signal, what }).catch(() => undefined);
  }

  #askManifest(method: 'HEAD' | 'GET', repository: string, reference: string, signal: AbortSignal | undefined) {
    const { place, session } = this.#at(repository);
    return session.send(place, {
      method,
      path: `/v2/${place.path}/manifests/${checkReference(reference)}`,
      action: 'pull',
      headers: { accept: ACCEPT },
      accept: [200, 404],
      signal,
      what: `${repository} ${reference}`,
    });
  }

  async head(repository: string, reference: string, signal?: AbortSignal): Promise<Descriptor | undefined> {
    const response = await this.#askManifest('HEAD', repository, reference, signal);
    if (response.status === 404) return undefined;
    const digest = response.headers['docker-content-digest'];
    if (digest === undefined) return (await this.manifest(repository, reference, signal))?.descriptor;
    return { mediaType: response.headers['content-type'] ?? '', digest, size: Number(response.headers['content-length'] ?? 0) };
  }

  async manifest(
    repository: string,
    reference: string,
    signal?: AbortSignal,
  ): Promise<{ descriptor: Descriptor; bytes: Uint8Array } | undefined> {
    const response = await this.#askManifest('GET', repository, reference, signal);
    if (response.status === 404) return undefined;
    const manifest = parseManifest(response.bytes, reference);
    const mediaType = manifest.mediaType ?? response.headers['content-type']?.split(';')[0] ?? mediaTypeOf(manifest);
    return { descriptor: { mediaType, digest: digestOf(response.bytes), size: response.bytes.length }, bytes: response.bytes };
  }

  async pushLayout(request: PushLayoutRequest): Promise<PushReport> {
    return await pushLayout(this.#at(request.repository).session, request);
  }

  async tag(repository: string, digest: string, tag: string, signal?: AbortSignal): Promise<void> {
    const { place, session } = this.#at(repository);
    const held = await this.manifest(repository, digest, signal);
    if (held === undefined) throw new HttpError(`${repository} does not hold ${digest}`, { status: 404, code: 'MANIFEST_UNKNOWN' });
    if (held.descriptor.digest !== digest) throw new ToolError(`${repository} answered ${held.descriptor.digest} when asked for ${digest}`);
    await putManifest(session, place, { bytes: held.bytes, mediaType: held.descriptor.mediaType, reference: checkReference(tag), signal });
  }

  async removeTag(repository: string, tag: string, signal?: AbortSignal): Promise<void> {
    await this.#remove(repository, tag, `removing ${repository}:${tag}`, signal);
  }

  async removeImage(repository: string, digest: string, signal?: AbortSignal): Promise<void> {
    await this.#remove(repository, digest, `removing ${repository}@${digest}`, signal);
  }

  async #remove(repository: string, reference: string, what: string, signal: AbortSignal | undefined): Promise<void> {
    const { place, session } = this.#at(repository);
    await removeManifest(session, place, { reference: checkReference(reference), what, signal });
  }

  async tags(repository: string, signal?: AbortSignal): Promise<string[]> {
    const { place, session } = this.#at(repository);
    const tags: string[] = [];
    let path: string | undefined = `/v2/${place.path}/tags/list?n=1000`;
    while (path !== undefined) {
      const response = await session.send(place, {
        method: 'GET',
        path,
        action: 'pull',
        accept: [200, 404],
        signal,
        what: `tags of ${repository}`,
      });
      if (response.status === 404) return tags;
      const wrong = (why: string): ToolError => new ToolError(`The list of tags of ${repository}: ${why}`);
      const list = parseJsonObject<{ tags?: string[] | null }>(response.bytes.toString('utf8'), wrong);
      tags.push(...(list.tags ?? []));
      path = nextPage(response.headers.link);
    }
    return tags;
  }

  async attach(request: AttachRequest): Promise<Descriptor> {
    const { place, session } = this.#at(request.repository);
    const { subject, artifactType, content, annotations, signal } = request;
    const layer: Descriptor = { mediaType: artifactType, digest: digestOf(content), size: content.length };
    await putBlob(session, place, { digest: EMPTY.descriptor.digest, size: 2, body: () => EMPTY.bytes }, { signal });
    await putBlob(session, place, { digest: layer.digest, size: layer.size, body: () => content }, { signal });
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType,
      config: EMPTY.descriptor,
      layers: [layer],
      subject: bare(subject),
      annotations: annotations ?? {},
    };
    const bytes = Buffer.from(JSON.stringify(manifest));
    const descriptor: Descriptor = {
      mediaType: OCI_MANIFEST,
      digest: digestOf(bytes),
      size: bytes.length,
      artifactType,
      annotations,
    };
    const headers = await putManifest(session, place, { bytes, mediaType: OCI_MANIFEST, reference: descriptor.digest, signal });
    // A registry that keeps referrers itself says so; else they are kept under a tag.
    if (headers['oci-subject'] === undefined) await this.#keepReferrer(request, descriptor);
    return descriptor;
  }

  async #keepReferrer({ repository, subject, replaces, signal }: AttachRequest, descriptor: Descriptor): Promise<void> {
    const { place, session } = this.#at(repository);
    const others = (await this.#referrersTag(repository, subject.digest, signal)).filter(
      ({ digest, artifactType }) => digest !== descriptor.digest && !(replaces && artifactType === descriptor.artifactType),
    );
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [...others, descriptor] }));
    await putManifest(session, place, { bytes, mediaType: OCI_INDEX, reference: subject.digest.replace(':', '-'), signal });
  }

  async #referrersTag(repository: string, subject: string, signal?: AbortSignal): Promise<Descriptor[]> {
    const held = await this.manifest(repository, subject.replace(':', '-'), signal);
    return held === undefined ? [] : (parseManifest(held.bytes, subject).manifests ?? []);
  }

  async referrers(repository: string, digest: string, signal?: AbortSignal): Promise<Descriptor[]> {
    const { place, session } = this.#at(repository);
    const first = `/v2/${place.path}/referrers/${checkReference(digest)}`;
    const found: Descriptor[] = [];
    const pages = new Set<string>();
    for (let path: string | undefined = first; path !== undefined && !pages.has(path); ) {
      pages.add(path);
      const request = { method: 'GET', path, action: 'pull', accept: [200, 404], signal, what: `referrers of ${digest}` } as const;
      const response = await session.send(place, request);
      if (response.status === 404) return await this.#referrersTag(repository, digest, signal);
      found.push(...(parseManifest(response.bytes, digest).manifests ?? []));
      path = nextPage(response.headers.link);
    }
    return found;
  }

  async blob(repository: string, digest: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const { place, session } = this.#at(repository);
    const what = `blob ${digest} of ${repository}`;
    const request = { method: 'GET', action: 'pull', signal, what } as const;
    const first = await session.send(place, {
      ...request,
      path: `/v2/${place.path}/blobs/${checkReference(digest)}`,
      accept: [200, 404, 301, 302, 303, 307, 308],
    });
    if (first.status === 404) return undefined;
    const path = first.status === 200 ? undefined : new URL(first.headers.location ?? '', await session.origin()).href;
    const { bytes } = path === undefined ? first : await session.send(place, { ...request, path, accept: [200] });
    if (digestOf(bytes) !== digest) throw new ToolError(`${repository} answered with other content when asked for ${digest}`);
    return bytes;
  }

  async artifact(repository: string, digest: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const held = await this.manifest(repository, digest, signal);
    if (held === undefined || held.descriptor.digest !== digest) return undefined;
    const [layer, ...more] = parseManifest(held.bytes, digest).layers ?? [];
    if (layer === undefined || more.length > 0 || !(layer.size <= MAX_ARTIFACT)) return undefined;
    return await this.blob(repository, layer.digest, signal);
  }

  /** Closes idle connections. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
  }
}

const nextPage = (link: string | undefined): string | undefined => /<([^>]+)>;\s*rel="?next"?/.exec(link ?? '')?.[1];

const nameOf = ({ registry, path }: Place): string => `${registry}/${path}`;
