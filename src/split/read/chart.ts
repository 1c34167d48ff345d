import { ConfigurationError } from '../../interfaces/errors.ts';
import { hostOf } from '../../interfaces/image-reference.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { adaptToPreview } from '../adapt/adapt.ts';
import { workloadSpec } from '../kinds/fields.ts';
import { clone, kindOf, titleOf } from '../kinds/objects.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import { rowOf } from '../kinds/rows.ts';
import type { Finding, SplitInput } from '../model.ts';
import { type Hook, readHooks } from './hooks.ts';
import { pinImages, pullFromNodes, unusedImages, usesImageOf } from './images.ts';
import { type Manifest, readManifests } from './manifests.ts';
import { addPullSecrets } from './pull-secrets.ts';

/** The chart's render, read, with the built images and the pull Secrets in it. */
export interface Chart {
  manifests: Manifest[];
  hooks: Hook[];
  refusals: Finding[];
  warnings: Finding[];
  /** What is otherwise than the chart says, since it is a preview. */
  adapted: Finding[];
}

/** A render as it was written. Whoever changes something of it changes a copy: several splits are made of one render. */
export interface Render {
  manifests: readonly Manifest[];
  hooks: readonly Hook[];
  warnings: readonly Finding[];
}

/** @throws ConfigurationError where the render is not made of Kubernetes objects. */
export function readRender(render: Pick<SplitInput, 'manifest' | 'hooks'>): Render {
  const { manifests, warnings } = readManifests(render.manifest);
  const hooks = readHooks(render.hooks, (hook) => {
    const read = readManifests(hook.manifest, hook.path);
    warnings.push(...read.warnings);
    return read.manifests.map((manifest) => manifest.object);
  });
  for (const { object } of manifests) {
    requireShape(object);
  }
  return { manifests, hooks, warnings };
}

/** The render with the built images and the pull Secrets in copies of its objects. */
export function readChart(
  input: Pick<SplitInput, 'images' | 'imagePullSecrets' | 'namespace' | 'preview'>,
  { manifests, hooks: rendered, ...read }: Render,
): Chart {
  const warnings = [...read.warnings];
  const accounts = manifests.map((manifest) => manifest.object).filter((object) => kindOf(object) === '/ServiceAccount');
  const registries = new Set(input.images.map((image) => hostOf(image.repository)));
  const found = new Set<string>();

  const prepare = (object: KubernetesObject): KubernetesObject => {
    const prepared = clone(object);
    dropNulls(podTemplateOf(prepared)?.spec);
    for (const repository of pinImages(prepared, input.images)) {
      found.add(repository);
    }
    warnings.push(...pullFromNodes(prepared));
    if (registries.size === 0 || usesImageOf(prepared, registries)) {
      addPullSecrets(prepared, input.imagePullSecrets, accounts);
    }
    return prepared;
  };
  const prepared = {
    manifests: manifests.map((manifest) => ({ ...manifest, object: prepare(manifest.object) })),
    hooks: rendered.map((hook) => ({ ...hook, object: prepare(hook.object) })),
  };
  const chart = input.preview ? adaptToPreview(prepared, input.preview, input.namespace) : { ...prepared, adapted: [] };
  const objects = [...chart.manifests, ...chart.hooks].map((one) => one.object);
  return { ...chart, warnings, refusals: unusedImages(input.images, found, objects) };
}

/** A field of a pod that a template leaves empty (`env:`) is null, and to Kubernetes the same as none. In place. */
function dropNulls(value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (inner === null && !Array.isArray(value)) {
      Reflect.deleteProperty(value, key);
    } else {
      dropNulls(inner);
    }
  }
}

/** What the API server asks of a workload, and the split builds on. */
function requireShape(object: KubernetesObject): void {
  const missing = (what: string) => new ConfigurationError(`${titleOf(object)} of the chart has no ${what}: Kubernetes would refuse it`);
  const row = rowOf(object);
  if (row?.rule === 'own' && (podTemplateOf(object)?.spec?.containers ?? []).length === 0) {
    throw missing('pod template with containers');
  }
  if (row?.rule === 'own' && row.selector !== undefined && (workloadSpec(object).selector ?? undefined) === undefined) {
    throw missing('spec.selector');
  }
}
