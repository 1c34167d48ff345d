import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { colorServiceName } from '../../split/index.ts';
import { scaledKind, WORKLOADS } from '../../split/kinds/rows.ts';
import type { ScaledKind } from '../../split/kinds/table.ts';
import { APP_LABEL, COLOR_LABEL, type Color } from '../../split/model.ts';
import { addressDrift } from '../drift/addresses.ts';
import { partDrift, selectorDrift, tagDrift } from '../drift/drift.ts';
import type { Drift } from '../drift/model.ts';
import { describe, HPA, SERVICE } from '../kube/names.ts';
import type { InFlight } from '../state/model.ts';
import { workloadHealth } from './health.ts';
import type { Parts } from './model.ts';
import type { StatusReader } from './reader.ts';

interface Facts {
  reader: StatusReader;
  release: string;
  namespace: string;
  /** Stable Services. */
  names: readonly string[];
  /** The color that serves by the journal, and the one that the Services select. */
  recordedActive: Color | undefined;
  active: Color | undefined;
  parts: Parts;
  inFlight: InFlight | undefined;
}

/** Compares what Helm recorded, and what the journal says, with what is there. A deploy in flight moves selectors and the base itself. */
export async function findDrift(facts: Facts): Promise<Drift[]> {
  const { reader, release, namespace, names, recordedActive, active, parts, inFlight } = facts;
  const expected = recordedActive ?? active;
  const service = (name: string) => reader.view.get(SERVICE, name);
  const canSeeServices = !reader.isUnseen(`${SERVICE.kind} objects`);
  const selectors =
    inFlight || !canSeeServices
      ? []
      : names.flatMap((name) => selectorDrift(name, service(name), expected && service(colorServiceName(name, expected)), expected));
  const stack =
    inFlight || !canSeeServices || expected === undefined
      ? []
      : addressDrift(ownWorkloads(reader, release, expected), {
          color: expected,
          namespace,
          services: names,
          colorService: (name) => service(colorServiceName(name, expected)),
        });
  const serving = expected === undefined ? [] : (parts.get(expected)?.objects ?? []);
  const base = inFlight ? [] : (parts.get('base')?.objects ?? []);
  const objects = await Promise.all([...serving, ...base].map((recorded) => compare(reader, recorded)));
  const found = [...selectors, ...stack, ...objects.flat()].filter(({ object, kind }) => kind !== 'missing' || !repeats(selectors, object));
  return [...new Map([...selectors, ...found].map((drift) => [`${drift.object} ${drift.message}`, drift])).values()];
}

const ownWorkloads = ({ view }: StatusReader, release: string, color: Color): KubernetesObject[] =>
  WORKLOADS.flatMap(({ ref }) => view.all(ref)).filter(
    ({ metadata }) => metadata.labels?.[APP_LABEL] === release && metadata.labels[COLOR_LABEL] === color,
  );

const repeats = (selectors: readonly Drift[], object: string): boolean => selectors.some((one) => one.object === object);

async function compare(reader: StatusReader, recorded: KubernetesObject): Promise<Drift[]> {
  const { apiVersion, kind, metadata } = recorded;
  const known = reader.view.get({ apiVersion, kind }, metadata.name);
  const { seen, object: live } = known
    ? { seen: true, object: known }
    : await reader.get({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace });
  if (!seen) return [];
  const scaled = live && scaledKind(recorded);
  const tags = scaled ? tagDrift(describe(recorded), imagesOf(reader, scaled, metadata.name)) : [];
  return [...partDrift(recorded, live, isAutoscaled(reader, kind, metadata.name)), ...tags];
}

const imagesOf = ({ view }: StatusReader, kind: ScaledKind, name: string) => workloadHealth(view, { kind, name, shared: false }).images;

const isAutoscaled = ({ view }: StatusReader, kind: string, name: string): boolean =>
  view.all(HPA).some(({ spec }) => spec?.scaleTargetRef.kind === kind && spec.scaleTargetRef.name === name);
