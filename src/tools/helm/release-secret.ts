import { gzipSync } from 'node:zlib';
import { ToolError } from '../../interfaces/errors.ts';
import type { HelmChartMetadata } from '../../interfaces/helm.ts';
import type { KindRef, ObjectRef } from '../../interfaces/kubernetes.ts';
import type { Secret } from '../../interfaces/objects.ts';
import { gunzip } from '../../interfaces/reading/gunzip.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';

export const SECRET: KindRef<Secret> = { apiVersion: 'v1', kind: 'Secret' };

/** What Helm records of a release, the fields that we read. The rest is kept as it is. */
export interface RecordedRelease {
  name: string;
  version: number;
  info: { status: string; description?: string };
  chart: { metadata: HelmChartMetadata; templates: { name: string; data: string }[] | null };
  config?: Record<string, unknown> | null;
  manifest?: string;
  hooks?: { name: string; kind: string; events?: string[] | null; last_run?: { phase?: string; started_at?: string } }[] | null;
}

export const releaseSecret = (release: string, revision: number): ObjectRef<Secret> => ({
  ...SECRET,
  name: `sh.helm.release.v1.${release}.v${revision}`,
});

/** A release Secret has at most 1 MiB; manifests shrink to a tenth, not to a hundredth. */
const LARGEST = 64 * 1024 * 1024;

/** Kubernetes' base64 around Helm's base64 around gzip around JSON. */
export function decodeRelease(secret: Secret): RecordedRelease {
  const data = secret.data?.release;
  if (data === undefined) throw new ToolError(`The Secret ${secret.metadata.name} holds no Helm release`);
  const wrong = (why: string): ToolError =>
    new ToolError(`The Secret ${secret.metadata.name} does not hold a Helm release that can be read: ${why}`);
  const inner = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
  const json = inner[0] === 0x1f && inner[1] === 0x8b ? gunzip(inner, LARGEST, wrong) : inner;
  return parseJsonObject<RecordedRelease>(json.toString('utf8'), wrong);
}

export function encodeRelease(release: RecordedRelease): string {
  const inner = gzipSync(JSON.stringify(release), { level: 9 }).toString('base64');
  return Buffer.from(inner, 'latin1').toString('base64');
}

/** The Secret with the release's status changed, in the record and in the label that Helm looks by. */
export function withStatus(secret: Secret, status: string, description?: string): Secret {
  const release = decodeRelease(secret);
  const changed = { ...release, info: { ...release.info, status, ...(description !== undefined && { description }) } };
  return {
    ...secret,
    metadata: { ...secret.metadata, labels: { ...secret.metadata.labels, status } },
    data: { ...secret.data, release: encodeRelease(changed) },
  };
}
