import { ConfigurationError } from '../../interfaces/errors.ts';
import { type ImageReference, isDigest, isRegistryHost, isTag, parseImage } from '../../interfaces/image-reference.ts';

export interface Place {
  /** As users write it, the key of a login: `docker.io`, `registry.example.com`, `localhost:5000`. */
  registry: string;
  /** Host that is asked. */
  host: string;
  /** Path of the repository inside the registry. */
  path: string;
}

/** `host[:port]/path` → its parts. Docker Hub's names are completed. */
export function parseRepository(repository: string): Place {
  const slash = repository.indexOf('/');
  const { reference } = parseImage(repository);
  if (!isRegistryHost(repository.slice(0, Math.max(0, slash))) || reference === undefined || isVersioned(reference)) {
    throw new ConfigurationError(`"${repository}" is not a repository`, {
      hint: 'write host/path in lower case, such as registry.example.com/acme/todo-backend',
    });
  }
  const { host, path } = reference;
  return { registry: host, host: host === 'docker.io' ? 'registry-1.docker.io' : host, path };
}

const isVersioned = ({ tag, digest }: ImageReference): boolean => tag !== undefined || digest !== undefined;

export function checkReference(reference: string): string {
  if (isDigest(reference) || isTag(reference)) return reference;
  throw new ConfigurationError(`"${reference}" is neither a tag nor a digest`);
}
