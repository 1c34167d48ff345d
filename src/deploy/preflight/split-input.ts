import type { HelmRender } from '../../interfaces/helm.ts';
import { splitChart } from '../../split/index.ts';
import type { Color, SplitResult } from '../../split/model.ts';
import type { DeployOptions } from '../run/options.ts';

/** The split of one render for one color, with what the user asked for. */
export function splitPlan(
  options: DeployOptions,
  namespace: string,
  render: HelmRender,
  color: Color,
  firstDeploy: boolean,
  colorServiceIPs: Readonly<Record<string, string>> = {},
): SplitResult {
  return splitChart({
    release: options.release,
    namespace,
    color,
    chart: render.chart,
    manifest: render.manifest,
    hooks: render.hooks,
    images: options.images,
    shared: options.shared,
    stack: options.stack,
    version: options.version,
    firstDeploy,
    imagePullSecrets: options.imagePullSecrets,
    colorServiceIPs,
  });
}
