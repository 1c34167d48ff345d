import type { HelmRender } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { type Render, splitChart } from '../../split/index.ts';
import type { Color, SplitResult } from '../../split/model.ts';
import type { DeployOptions } from '../run/options.ts';

/** What a split is made of, whichever color it is for. */
export interface Rendered {
  render: HelmRender;
  /** The same, read. */
  read: Render;
  namespace: string;
  firstDeploy: boolean;
  /** Of the cluster, as far as they are known. */
  claimsOfOneNode: readonly string[];
  /** Those that the routes name, and their classes. */
  gateways: readonly KubernetesObject[];
}

/** The split of one render for one color, with what the user asked for. */
export function splitPlan(
  options: DeployOptions,
  { render, read, namespace, firstDeploy, claimsOfOneNode, gateways }: Rendered,
  color: Color,
  colorServiceIPs: Readonly<Record<string, string>> = {},
): SplitResult {
  const input = {
    release: options.release,
    namespace,
    color,
    chart: render.chart,
    manifest: render.manifest,
    hooks: render.hooks,
    images: options.images,
    shared: options.shared,
    stack: options.stack,
    strategy: options.strategy,
    claimsOfOneNode,
    gateways,
    version: options.version,
    firstDeploy,
    imagePullSecrets: options.imagePullSecrets,
    colorServiceIPs,
    preview: options.preview,
  };
  return splitChart(input, read);
}
