import type { Checkout } from '../model.ts';
import { below } from './names.ts';

const URL_PATH = /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\$\{?HOSTNAME\}?)(?::(\d+|\$\{?\w+\}?))?(\/[\w./-]*)?/;
const NAMES = '(?:api\\/)?(?:healthz?|health-?check|livez|readyz?|_health|up)';
/** A route of the program itself: one of a router may get a prefix that cannot be seen here. */
const ROUTES = [
  new RegExp(`\\b(?:app|server|fastify)\\.(?:get|all|use|route)\\(\\s*['"\`](\\/${NAMES})\\/?['"\`]`),
  new RegExp(`^@app\\.(?:get|route)\\(\\s*['"](\\/${NAMES})\\/?['"]`, 'm'),
  new RegExp(`\\b(?:HandleFunc|Handle)\\(\\s*"(?:GET )?(\\/${NAMES})"`),
];
/** Files whose path is the route. */
const BY_PATH = new RegExp(`^(?:src\\/)?(?:app\\/(${NAMES})\\/route|pages\\/(${NAMES})(?:\\/index)?)\\.[jt]sx?$`);
const SOURCE = /\.(?:[cm]?[jt]sx?|py|go)$/;
const SKIPPED = /(^|\/)(node_modules|tests?|__tests__|e2e|vendor|dist|build|migrations)\/|\.(test|spec)\.|_test\.go$/;
const MOST_FILES = 400;

/** Pure: the path of a check by URL in the text of a HEALTHCHECK; undefined for a check of another kind, or of another port. */
export function checkedPath(text: string | undefined, port: number): string | undefined {
  const found = URL_PATH.exec(text ?? '');
  if (!found) return undefined;
  const [, on, path = '/'] = found;
  return on !== undefined && /^\d+$/.test(on) && Number(on) !== port ? undefined : path;
}

/** Pure: a path that the sources below the context answer while the program is well. */
export function routedPath(context: string, checkout: Checkout): { path: string; from: string } | undefined {
  const prefix = context === '.' ? '' : `${context}/`;
  const sources = checkout.files
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length))
    .filter((path) => SOURCE.test(path) && !SKIPPED.test(path));
  for (const path of sources) {
    const [, app, pages] = BY_PATH.exec(path) ?? [];
    const name = app ?? (pages === undefined || pages.startsWith('api/') ? pages : undefined);
    if (name !== undefined) return { path: `/${name}`, from: below(context, path) };
  }
  const nearest = sources.toSorted((a, b) => a.split('/').length - b.split('/').length);
  for (const path of nearest.slice(0, MOST_FILES)) {
    const text = checkout.read(below(context, path)) ?? '';
    const found = ROUTES.map((route) => route.exec(text)?.[1]).find((one) => one !== undefined);
    if (found !== undefined) return { path: found, from: below(context, path) };
  }
  return undefined;
}
