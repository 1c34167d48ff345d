import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { readManifests, recolor, splitChart } from '../../../src/split/index.ts';
import { serviceSpec, workloadSpec } from '../../../src/split/kinds/fields.ts';
import { keyOf, kindOf } from '../../../src/split/kinds/objects.ts';
import { isLongRunning, podLabelsOf, podTemplateOf } from '../../../src/split/kinds/pods.ts';
import type { SplitInput, SplitResult } from '../../../src/split/model.ts';
import { matchesLabels } from '../../../src/split/sort/selectors.ts';
import { differences } from './differences.ts';
import { addresses, chart } from './generator.ts';
import { referencesIn } from './references-in.ts';

/** One seed for all properties: each chart is split once. A failure prints it. */
const RUNS = { numRuns: Number(process.env.SPLIT_RUNS ?? 120), seed: Date.now() };
const isHook = (object: KubernetesObject) => object.metadata.annotations?.['helm.sh/hook'] !== undefined;
const rendered = (input: SplitInput) => readManifests(input.manifest).manifests.map((one) => one.object);
const cache = new Map<string, { blue: SplitResult; green: SplitResult }>();

function both(input: SplitInput): { blue: SplitResult; green: SplitResult } {
  const key = JSON.stringify(input);
  const parts = cache.get(key) ?? {
    blue: splitChart({ ...input, color: 'blue', colorServiceIPs: addresses(1) }),
    green: splitChart({ ...input, color: 'green', colorServiceIPs: addresses(2) }),
  };
  cache.set(key, parts);
  return parts;
}

/** Only charts that the split accepts: the rest never reaches a cluster. `seen` counts those with something to switch. */
function accepted(seen: { count: number }, check: (input: SplitInput, parts: { blue: SplitResult; green: SplitResult }) => void) {
  return fc.property(chart, (input) => {
    const parts = both(input);
    if (parts.blue.refusals.length === 0) {
      seen.count += Math.min(1, parts.blue.services.length);
      check(input, parts);
    }
  });
}

function holdsForAccepted(check: Parameters<typeof accepted>[1]): void {
  const seen = { count: 0 };
  fc.assert(accepted(seen, check), RUNS);
  expect(seen.count).toBeGreaterThan(RUNS.numRuns / 4);
}

describe('for any chart that is accepted', () => {
  test('blue, green and base never share an object', () => {
    holdsForAccepted((input, { blue, green }) => {
      const all = [...blue.baseObjects, ...blue.colorObjects, ...green.colorObjects, ...blue.colorServices, ...green.colorServices];
      const keys = all.map((object) => keyOf(object, input.namespace));
      expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    });
  });

  test('the base is the same, whatever the color (but for the addresses that its hooks call)', () => {
    holdsForAccepted((_input, { blue, green }) => {
      const shared = (result: SplitResult) => result.baseObjects.filter((object) => !isHook(object));
      expect(shared(green)).toEqual(shared(blue));
    });
  });

  test("a color Service selects its color's workloads, and nothing else in base, blue or green", () => {
    holdsForAccepted((_input, { blue, green }) => {
      for (const [mine, other] of [
        [blue, green],
        [green, blue],
      ] as const) {
        for (const service of mine.colorServices) {
          const selected = (objects: KubernetesObject[]) =>
            objects.filter(
              (object) => podTemplateOf(object) !== undefined && matchesLabels(serviceSpec(service).selector, podLabelsOf(object)),
            );
          expect(selected([...other.colorObjects, ...other.baseObjects])).toEqual([]);
          expect(selected(mine.colorObjects).filter(isHook)).toEqual([]);
          expect(selected(mine.colorObjects.filter(isLongRunning)).length).toBeGreaterThan(0);
        }
      }
    });
  });

  test("a workload's selector matches its own pods, and no other color's", () => {
    holdsForAccepted((_input, { blue, green }) => {
      const deployments = (result: SplitResult) => result.colorObjects.filter((object) => kindOf(object) === 'apps/Deployment');
      for (const object of deployments(blue)) {
        expect(matchesLabels(workloadSpec(object).selector?.matchLabels, podLabelsOf(object))).toBe(true);
        expect(deployments(green).filter((other) => matchesLabels(workloadSpec(object).selector?.matchLabels, podLabelsOf(other)))).toEqual(
          [],
        );
      }
    });
  });

  test('every reference of a color pod resolves in its color or the base, where the chart has the object at all', () => {
    holdsForAccepted((input, { green }) => {
      const hooks = input.hooks.flatMap((hook) => readManifests(hook.manifest).manifests.map((one) => one.object));
      const known = new Set([...rendered(input), ...hooks].map((object) => `${kindOf(object)}/${object.metadata.name}`));
      const there = new Set([...green.baseObjects, ...green.colorObjects].map((object) => `${kindOf(object)}/${object.metadata.name}`));
      // Names that the chart itself writes, of objects outside it: whatever they look like, they stay.
      const written = new Set(
        [...rendered(input), ...hooks].flatMap((object) => referencesIn(object)).map(({ kind, name }) => `${kind}/${name}`),
      );
      for (const object of green.colorObjects) {
        for (const { kind, name } of referencesIn(podTemplateOf(object)?.spec)) {
          const key = `${kind}/${name}`;
          expect(there.has(key) || !known.has(key)).toBe(true);
          expect(there.has(key) || written.has(key)).toBe(true);
        }
      }
    });
  });

  test("every ConfigMap and Secret with content that a color's workload reads is the color's copy", () => {
    holdsForAccepted((input, { green }) => {
      const copied = rendered(input).filter(
        (object) =>
          /ConfigMap|Secret/.test(object.kind) &&
          Object.keys(object.data ?? {}).length > 0 &&
          object.metadata.namespace !== 'other' &&
          object.metadata.annotations?.['todo-deploy.dev/part'] === undefined,
      );
      const originals = new Set(copied.map((object) => `${kindOf(object)}/${object.metadata.name}`));
      const read = green.colorObjects.filter((object) => !isHook(object)).flatMap((object) => referencesIn(podTemplateOf(object)?.spec));
      expect(read.filter(({ kind, name }) => originals.has(`${kind}/${name}`))).toEqual([]);
    });
  });

  test("what is not a version's own is as rendered; a stable Service lacks its selector, and nothing is lost", () => {
    holdsForAccepted((input, { blue }) => {
      const stable = new Set(blue.services.map((service) => service.name));
      const base = new Map(blue.baseObjects.filter((object) => !isHook(object)).map((object) => [keyOf(object, input.namespace), object]));
      for (const object of rendered(input)) {
        const kept = base.get(keyOf(object, input.namespace));
        const colored = blue.colorObjects.some((one) => one.kind === object.kind && one.metadata.name === `${object.metadata.name}-blue`);
        if (kindOf(object) === '/Service' && stable.has(object.metadata.name)) {
          const { selector: _selector, ...spec } = serviceSpec(object);
          expect(kept).toEqual({ ...object, spec });
        } else if (kept !== undefined) {
          expect(kept).toEqual(object);
        }
        expect(kept !== undefined || colored).toBe(true);
        base.delete(keyOf(object, input.namespace));
      }
      expect([...base.keys()]).toEqual([]);
    });
  });

  test("a version's own object differs from its render in a closed list of places only", () => {
    holdsForAccepted((input, { blue }) => {
      for (const object of rendered(input)) {
        const own = blue.colorObjects.find(
          (one) => !isHook(one) && one.kind === object.kind && one.metadata.name === `${object.metadata.name}-blue`,
        );
        if (own !== undefined && !/^(ConfigMap|Secret)$/.test(object.kind)) {
          expect(differences(object, own).filter((path) => !ALLOWED.some((allowed) => allowed.test(path)))).toEqual([]);
        }
      }
    });
  });

  test('hashes depend on nothing but the version', () => {
    holdsForAccepted((input, { blue, green }) => {
      const variants = [green, splitChart(input), splitChart({ ...input, version: 'other', firstDeploy: !input.firstDeploy })];
      for (const variant of variants) {
        expect([variant.partHash, variant.baseHash]).toEqual([blue.partHash, blue.baseHash]);
      }
    });
  });

  test('a recorded part turned into the other color is what the split makes for that color', () => {
    holdsForAccepted((input, { blue, green }) => {
      for (const [mine, other, from, to, ips] of [
        [blue, green, 'blue', 'green', addresses(2)],
        [green, blue, 'green', 'blue', addresses(1)],
      ] as const) {
        expect(recolor(mine.color, { app: input.release, namespace: input.namespace, from, to, addresses: ips })).toEqual(other.color);
      }
    });
  });

  test('part charts hold exactly the objects of the result, and a second split is the same', () => {
    holdsForAccepted((input, { blue }) => {
      const parsed = (part: SplitResult['base']) => Object.values(part.templates).map((text) => JSON.parse(text));
      expect(parsed(blue.base)).toEqual(JSON.parse(JSON.stringify(blue.baseObjects)));
      expect(parsed(blue.color)).toEqual(JSON.parse(JSON.stringify(blue.colorObjects)));
      expect(splitChart({ ...input, color: 'blue', colorServiceIPs: addresses(1) })).toEqual(blue);
    });
  });
});

const POD = String.raw`spec\.(?:template|jobTemplate\.spec\.template)`;
const CONTAINER = String.raw`${POD}\.spec\.(?:initContainers|containers)\[0\]`;
const SELECTOR = String.raw`(?:matchLabels|matchExpressions)\b.*`;
const ALLOWED = [
  String.raw`metadata\.name`,
  String.raw`metadata\.(labels|annotations)(\.todo-deploy\.dev/(app|color|version))?`,
  String.raw`metadata\.annotations\.helm\.sh/resource-policy`,
  String.raw`spec\.(replicas|suspend)`,
  String.raw`spec\.selector(\.matchLabels)?(\.todo-deploy\.dev/color)?`,
  String.raw`spec\.scaleTargetRef\.name`,
  String.raw`${POD}\.metadata\.(labels|annotations)(\.todo-deploy\.dev/(app|color|version|part-hash))?`,
  String.raw`${POD}\.spec\.hostAliases.*`,
  String.raw`${POD}\.spec\.imagePullSecrets\[0\]\.name`,
  String.raw`${POD}\.spec\.volumes\[0\]\.(configMap\.name|secret\.secretName|projected\.sources\[[01]\]\.(configMap|secret)\.name)`,
  String.raw`${POD}\.spec\.affinity\.podAntiAffinity\.requiredDuringSchedulingIgnoredDuringExecution\[0\]\.labelSelector\.${SELECTOR}`,
  String.raw`${POD}\.spec\.affinity\.podAffinity\.preferredDuringSchedulingIgnoredDuringExecution\[0\]\.podAffinityTerm\.labelSelector\.${SELECTOR}`,
  String.raw`${POD}\.spec\.topologySpreadConstraints\[0\]\.labelSelector\.${SELECTOR}`,
  String.raw`${CONTAINER}\.envFrom.*`,
  String.raw`${CONTAINER}\.env\[\d\]\.valueFrom\.(configMapKeyRef|secretKeyRef)\.name`,
].map((pattern) => new RegExp(`^${pattern}$`));
