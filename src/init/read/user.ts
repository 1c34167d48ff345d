import type { Dockerfile } from './dockerfile.ts';

/** Users of well-known base images. */
const USERS: Readonly<Record<string, number>> = {
  node: 1000,
  nobody: 65_534,
  nonroot: 65_532,
  'www-data': 33,
  nginx: 101,
  app: 1654,
  appuser: 1000,
  pptruser: 1000,
};
const OTHER = 10_001;

/** Folders that programs write to which come as root and give it up themselves. */
const WRITABLE: readonly (readonly [image: RegExp, user: number, folders: readonly string[]])[] = [
  [/(^|\/)nginx(:|$|@)/, 101, ['/var/cache/nginx', '/run']],
  [/(^|\/)httpd(:|$|@)/, 33, ['/usr/local/apache2/logs']],
  [/(^|\/)caddy(:|$|@)/, 1000, ['/data', '/config']],
];

export interface RunAs {
  user: number;
  writable: readonly string[];
  /** Why the number is a guess; undefined where it is not. */
  doubt: string | undefined;
}

/** Pure: the number of the user that the pods run as. `runAsNonRoot` takes a number alone: Kubernetes cannot look a name up in an image. */
export function runAs({ base, user, users }: Dockerfile): RunAs {
  const [, serverUser, folders = []] = WRITABLE.find(([image]) => image.test(base)) ?? [];
  const name = user ?? '';
  if (/^\d+$/.test(name) && name !== '0') return { user: Number(name), writable: folders, doubt: undefined };
  if (name === '' || name === 'root' || name === '0') {
    if (serverUser !== undefined) return { user: serverUser, writable: folders, doubt: undefined };
    return { user: OTHER, writable: [], doubt: `its Dockerfile has no USER, so that it would run as root; the chart runs it as ${OTHER}` };
  }
  const known = users[name] ?? USERS[name];
  if (known !== undefined) return { user: known, writable: folders, doubt: undefined };
  return { user: 1000, writable: folders, doubt: `its Dockerfile names the user ${name}, whose number is not in it; the chart says 1000` };
}
