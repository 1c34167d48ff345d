import type { HelmChartMetadata, HelmHook, PartChart } from '../interfaces/helm.ts';
import type { KubernetesObject } from '../interfaces/kubernetes.ts';
import type { ReadyKind, WorkloadKind } from './kinds/table.ts';

export type Color = 'blue' | 'green';
export const COLORS: readonly Color[] = ['blue', 'green'];
export const otherColor = (color: Color): Color => (color === 'blue' ? 'green' : 'blue');

/** Field manager of everything that the product applies itself. */
export const FIELD_MANAGER = 'todo-deploy';
export const COLOR_LABEL = 'todo-deploy.dev/color';
/** Release name of the app, on color objects, color Services and the journal. */
export const APP_LABEL = 'todo-deploy.dev/app';
/** Hash of the color's part, on pod templates: whatever changed in a version, its pods are new. */
export const PART_HASH_ANNOTATION = 'todo-deploy.dev/part-hash';
/** The deployed version (usually a commit SHA), on color objects and pods. */
export const VERSION_ANNOTATION = 'todo-deploy.dev/version';
/** `base` or `color`: overrules the split's tables for one object. */
export const PART_ANNOTATION = 'todo-deploy.dev/part';
/** `always` or `active`: overrules whether a workload runs in the idle color. */
export const WHEN_ANNOTATION = 'todo-deploy.dev/when';

/** One image that build-push has pushed: `name` is the last part(s) of its repository. */
export interface BuiltImage {
  /** Repository without tag or digest, e.g. `registry.example.com/acme/todo-backend`. */
  repository: string;
  /** `sha256:…`; absent where there is no registry: then `tag` holds a tag derived from the content. */
  digest?: string | undefined;
  tag?: string | undefined;
}

/** Where a Service's traffic goes: read from the chart, kept by the product. */
export interface ServicePlan {
  /** The stable Service as the base holds it, i.e. without `spec.selector`. */
  name: string;
  /** The chart's own selector; the product adds the color. */
  selector: Record<string, string>;
  ports: ServicePort[];
  /** Names of the color workloads (without color suffix) whose pods it selects. */
  workloads: string[];
}

export interface ServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
  protocol?: string;
  appProtocol?: string;
  nodePort?: number;
}

/** A Service of the type NodePort that speaks HTTP. */
export interface NodeDoor {
  service: string;
  /** The Service's port: the cluster may choose the nodes' one. */
  port: number;
  scheme: 'http' | 'https';
}

/** A workload of the color (names without and with the suffix). */
export interface WorkloadPlan {
  kind: WorkloadKind;
  name: string;
  coloredName: string;
  /** Replicas the chart asks for (the autoscaler's minimum where it owns them); undefined where the clock says when it runs. */
  replicas?: number;
  /** An HPA, ScaledObject or VPA of the color owns `spec.replicas`. */
  autoscaled: boolean;
  /** Runs in the active color only: zero replicas or suspended until the switch. */
  worker: boolean;
}

/** Something of the base that takes part in readiness. */
export interface SharedWorkload {
  kind: ReadyKind;
  name: string;
}

/** A hook that will run. */
export interface PlannedHook {
  part: 'base' | 'color';
  /** `pre-upgrade`, `test`, … */
  event: string;
  /** `Kind/name`, as it is in the cluster. */
  object: string;
  /** Its chart wants it removed when it fails; the product does that, after its log was read. */
  removeFailed?: true | undefined;
}

export interface Finding {
  /** `Kind/name` of the object, or empty for the chart as a whole. */
  object: string;
  message: string;
  /** What to change. */
  hint?: string | undefined;
}

/** `auto`: what cannot have two colors is updated in place; `blue-green` refuses it instead. */
export type Strategy = 'auto' | 'blue-green';

/** How an app is made a preview, whatever its chart says. */
export interface PreviewRules {
  /** `pr-7-todo.preview.example.com` in place of the chart's first host; another one gets a word of its own before it. */
  host: string;
  /** Secret in the namespace that all hosts are served with; undefined: as the chart says. */
  tlsSecret?: string | undefined;
  /** No workload and no autoscaler has more. */
  replicas: number;
  /** Bytes that all claims may ask for together. */
  storage: number;
  /** Of all pods; undefined: as the chart says. */
  priorityClass?: string | undefined;
  /** undefined: answers say nothing to those who search the web, or what the app says. */
  noindex?: NoIndex | undefined;
  /** Labels of all that is this preview's, where several share a namespace. */
  own?: Readonly<Record<string, string>> | undefined;
}

/** How front doors are told to answer that nobody is to index a preview. */
export interface NoIndex {
  /** Traefik's Middleware of this name in the namespace. */
  middleware?: string | undefined;
  /** Headers in a ConfigMap of this name, for ingress-nginx. */
  headers?: string | undefined;
  /** A filter of HTTPRoutes. */
  filter: boolean;
}

export interface SplitInput {
  release: string;
  namespace: string;
  color: Color;
  chart: HelmChartMetadata;
  manifest: string;
  hooks: readonly HelmHook[];
  images: readonly BuiltImage[];
  /** Objects that the user names as shared (`Kind/name` or a bare name). */
  shared: readonly string[];
  stack: 'own' | 'active';
  /** `auto` where it is left out. */
  strategy?: Strategy | undefined;
  /** Claims that are not of the chart, as the cluster has them, which one node may use at a time. */
  claimsOfOneNode?: readonly string[] | undefined;
  /** Gateways that the chart's routes name, and their classes, as the cluster has them. */
  gateways?: readonly KubernetesObject[] | undefined;
  version: string;
  /** Install events on the app's first deploy, upgrade events later. */
  firstDeploy: boolean;
  /** Secrets added to the color's and shared pods' `imagePullSecrets`. */
  imagePullSecrets: readonly string[];
  /** ClusterIP of each color Service of this color by stable Service name; empty before they exist (plan). */
  colorServiceIPs: Readonly<Record<string, string>>;
  /** Set where the app is a preview. */
  preview?: PreviewRules | undefined;
}

export interface SplitResult {
  base: PartChart;
  color: PartChart;
  /** Every object of each part after the split, parsed (hooks included), for plan, diff and validation. */
  baseObjects: KubernetesObject[];
  colorObjects: KubernetesObject[];
  /** The hooks that will run, in Helm's order, and in which part. */
  hooks: PlannedHook[];
  services: ServicePlan[];
  /** `<service>-<color>`: applied by the product before the color's pods. */
  colorServices: KubernetesObject[];
  workloads: WorkloadPlan[];
  /** Objects of the color that an annotation holds until the switch: it is removed then, and set on the old color's. */
  paused: { object: KubernetesObject; annotation: string; value: string }[];
  shared: SharedWorkload[];
  /** Workloads that cannot have two colors and are updated in place, with the reason and what to change for two colors. */
  inPlace: Finding[];
  /** Nothing of it runs in a color: the app is deployed in place whole. The color holds hooks and the version's record alone. */
  colorless: boolean;
  /** First host of the render: Ingress, HTTPRoute; undefined where there is none. */
  url: string | undefined;
  /** What users may reach by a port of the nodes, where there is no URL. */
  nodeDoors: NodeDoor[];
  /** Sha-256 of the color part without host aliases; equal parts are the same version. */
  partHash: string;
  baseHash: string;
  /** Container images of color and shared pods after digests were put in. */
  images: { workload: string; container: string; image: string }[];
  refusals: Finding[];
  warnings: Finding[];
  /** What of the chart is left out or otherwise in a preview, and why. */
  adapted: Finding[];
}
