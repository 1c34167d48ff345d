import type { BackendRef, Route, RouteFilter } from '../../interfaces/gateway.ts';

/** A Service that a route sends requests to. */
export interface Backend {
  name: string;
  /** Left out where it is the route's. */
  namespace: string | undefined;
  port: number | undefined;
  /** It gets copies, whose answers nobody sees. */
  mirror: boolean;
  /** Index of the route's rule. */
  rule: number;
}

/** Pure: the Services behind a route: those of all its rules, whatever their weight, and those that get copies of requests. */
export function backendsOf({ spec }: Route): Backend[] {
  return (spec?.rules ?? []).flatMap(({ backendRefs = [], filters = [] }, rule) => {
    const mirrors = [...filters, ...backendRefs.flatMap((ref) => ref.filters ?? [])].flatMap(mirrorOf);
    const all = [...backendRefs.map((ref) => ({ ref, mirror: false })), ...mirrors.map((ref) => ({ ref, mirror: true }))];
    return all
      .filter(({ ref }) => isService(ref))
      .map(({ ref: { name, namespace, port }, mirror }) => ({ name, namespace, port, mirror, rule }));
  });
}

const isService = ({ group = '', kind = 'Service' }: BackendRef): boolean => group === '' && kind === 'Service';

const mirrorOf = ({ type, requestMirror }: RouteFilter): BackendRef[] =>
  type === 'RequestMirror' && requestMirror?.backendRef !== undefined ? [requestMirror.backendRef] : [];
