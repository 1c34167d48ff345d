import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';

/** Where backups are kept; the keys apart. */
export interface Destination {
  bucket: string;
  /** Without slashes at its ends; empty for the bucket's root. */
  prefix: string;
  /** `https://fra1.digitaloceanspaces.com` */
  endpoint: string;
  region: string;
}

export interface StorageKeys {
  accessKeyId: string;
  secretAccessKey: string;
}

const DESTINATION = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[\w.-]+)*)\/?$/;

/** Throws ConfigurationError. */
export function readDestination({ inputs }: Pick<ActionContext, 'inputs'>): Destination {
  const text = inputs.required('destination', { pattern: DESTINATION, describe: 's3://BUCKET or s3://BUCKET/PREFIX' });
  const [, bucket = '', path = ''] = DESTINATION.exec(text) ?? [];
  if (path.split('/').some((part) => /^\.+$/.test(part))) {
    throw new ConfigurationError(`Input "destination" is "${text}": a prefix has no parts of dots alone`);
  }
  return {
    bucket,
    prefix: path.slice(1),
    endpoint: readEndpoint(inputs),
    region: inputs.string('region', { default: 'us-east-1', pattern: /^[\w-]{1,40}$/ }),
  };
}

function readEndpoint(inputs: ActionContext['inputs']): string {
  const text = inputs.required('endpoint', { describe: 'https://HOST, such as https://fra1.digitaloceanspaces.com' });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && url.username === '' && url.search === '';
  if (isPlain) return url.origin;
  throw new ConfigurationError('Input "endpoint" is no address of a storage', {
    hint: 'Write such as https://fra1.digitaloceanspaces.com: scheme and host alone, the bucket stands in "destination".',
  });
}

/** Masked. Throws ConfigurationError. */
export const readStorageKeys = ({ inputs }: Pick<ActionContext, 'inputs'>): StorageKeys => ({
  accessKeyId: inputs.secret('access-key-id', { required: true }),
  secretAccessKey: inputs.secret('secret-access-key', { required: true }),
});
