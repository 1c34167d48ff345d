import type { Layer } from './descriptor.ts';

/** What an image's containers start with, as a Dockerfile would say it. */
export interface ImageConfig {
  entrypoint?: readonly string[];
  cmd?: readonly string[];
  env?: Readonly<Record<string, string>>;
  user?: string;
  workingDir?: string;
  /** `80/tcp` … */
  ports?: readonly string[];
  volumes?: readonly string[];
  stopSignal?: string;
  labels?: Readonly<Record<string, string>>;
}

/** The same for all images: equal content has an equal digest. */
const CREATED = '2026-01-01T00:00:00Z';

/**
 * The config blob of the image spec. It has a history, as images of registries have: without one a builder makes one up, with the time at which
 * it pulled the layer, and the same build has another digest on the next machine.
 */
export function configBlob(config: ImageConfig, architecture: string, layers: readonly Layer[]): object {
  return {
    architecture,
    os: 'linux',
    created: CREATED,
    config: {
      ...(config.user === undefined ? {} : { User: config.user }),
      ...(config.ports ? { ExposedPorts: keys(config.ports) } : {}),
      ...(config.env ? { Env: Object.entries(config.env).map(([name, value]) => `${name}=${value}`) } : {}),
      ...(config.entrypoint ? { Entrypoint: config.entrypoint } : {}),
      ...(config.cmd ? { Cmd: config.cmd } : {}),
      ...(config.volumes ? { Volumes: keys(config.volumes) } : {}),
      ...(config.workingDir === undefined ? {} : { WorkingDir: config.workingDir }),
      ...(config.labels ? { Labels: config.labels } : {}),
      ...(config.stopSignal === undefined ? {} : { StopSignal: config.stopSignal }),
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map(({ diffId }) => ({
      created: CREATED,
      created_by: `ADD ${diffId} / # buildkit`,
      comment: 'buildkit.dockerfile.v0',
    })),
  };
}

function keys(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}
