import type { LabelSelector } from 'kubernetes-types/meta/v1.d.ts';
import type { KindRef, ObjectMeta } from './kubernetes.ts';
import type { Condition } from './objects.ts';

/** What is read of the Gateway API's objects. */
type Of<K extends string, T> = { apiVersion: string; kind: K; metadata: ObjectMeta } & T;

export type GatewayClass = Of<
  'GatewayClass',
  { spec?: { controllerName?: string }; status?: { conditions?: Condition[]; supportedFeatures?: (string | { name: string })[] } }
>;

export type Gateway = Of<
  'Gateway',
  {
    spec?: { gatewayClassName?: string; listeners?: Listener[] };
    status?: { addresses?: { type?: string; value: string }[]; conditions?: Condition[] };
  }
>;

export interface Listener {
  name: string;
  protocol: string;
  port?: number;
  hostname?: string;
  allowedRoutes?: {
    kinds?: { group?: string; kind: string }[];
    namespaces?: { from?: string; selector?: LabelSelector };
  };
}

/** A route that a browser or a gRPC client can take. */
export type Route = Of<'HTTPRoute' | 'GRPCRoute', { spec?: RouteSpec; status?: { parents?: RouteParentStatus[] } }>;

interface RouteSpec {
  hostnames?: string[];
  parentRefs?: ParentRef[];
  rules?: RouteRule[];
}

export interface ParentRef {
  group?: string;
  kind?: string;
  namespace?: string;
  name: string;
  sectionName?: string;
  port?: number;
}

export interface RouteRule {
  backendRefs?: (BackendRef & { filters?: RouteFilter[] })[];
  filters?: RouteFilter[];
}

export interface BackendRef {
  group?: string;
  kind?: string;
  namespace?: string;
  name: string;
  port?: number;
  weight?: number;
}

export interface RouteFilter {
  type: string;
  requestMirror?: { backendRef?: BackendRef };
}

/** What one controller says of one parent. */
export interface RouteParentStatus {
  parentRef: ParentRef;
  controllerName?: string;
  conditions?: (Condition & { observedGeneration?: number })[];
}

const apiVersion = 'gateway.networking.k8s.io/v1';
export const GATEWAY_CLASS: KindRef<GatewayClass> = { apiVersion, kind: 'GatewayClass' };
export const GATEWAY: KindRef<Gateway> = { apiVersion, kind: 'Gateway' };
/** Each kind with the resource's name in the API's paths. */
export const ROUTES: readonly { ref: KindRef<Route>; plural: string }[] = [
  { ref: { apiVersion, kind: 'HTTPRoute' }, plural: 'httproutes' },
  { ref: { apiVersion, kind: 'GRPCRoute' }, plural: 'grpcroutes' },
];
