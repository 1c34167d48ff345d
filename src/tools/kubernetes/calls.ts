/** `/apis/<group>/<version>` or `/api/v1`, a namespace, a resource, an object's name, a subresource. */
const PATH =
  /^\/(?:api\/v1|apis\/(?<group>[^/]+)\/[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+))?(?<sub>\/.+)?$/;

/**
 * Pure: a request in kubectl's words, for people: `PATCH deployments.apps/web/scale in namespace todo`, `WATCH pods in namespace todo`. `path`
 * with or without a query.
 */
export function describeCall({ method, path }: { method: string; path: string }): string {
  const [pathname = '', query = ''] = path.split('?');
  const verb = isWatch(query) ? 'WATCH' : method;
  const { group, namespace, resource, name, sub = '' } = PATH.exec(pathname)?.groups ?? {};
  if (resource === undefined) return `${verb} ${pathname}`;
  const kind = group === undefined ? resource : `${resource}.${group}`;
  const object = name === undefined ? '' : `/${decoded(name)}`;
  return `${verb} ${kind}${object}${sub}${namespace === undefined ? '' : ` in namespace ${decoded(namespace)}`}`;
}

/** Pure: whether the answer to this query goes on for as long as things happen. */
export function isWatch(query: string): boolean {
  const parameters = new URLSearchParams(query);
  return ['watch', 'follow'].some((name) => ['true', '1'].includes(parameters.get(name) ?? ''));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
