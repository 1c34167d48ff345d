import type { Clock } from '../interfaces/clock.ts';
import { findingOf } from './patient/findings.ts';
import type { CheckedFinding, Finding, Patient, Probe } from './patient/model.ts';
import { capacity } from './probes/capacity.ts';
import { chart } from './probes/chart.ts';
import { cluster } from './probes/cluster.ts';
import { dns } from './probes/dns.ts';
import { gateway } from './probes/gateway.ts';
import { ingressClass } from './probes/ingress-class.ts';
import { issuer } from './probes/issuer.ts';
import { namespace } from './probes/namespace.ts';
import { pullSecret } from './probes/pull-secret.ts';
import { registry } from './probes/registry.ts';
import { rights } from './probes/rights.ts';
import { storageClass } from './probes/storage-class.ts';

/** In the order in which they are told: what the others rest on comes first. */
const PROBES: readonly Probe[] = [
  registry,
  cluster,
  namespace,
  rights,
  chart,
  ingressClass,
  gateway,
  issuer,
  storageClass,
  pullSecret,
  dns,
  capacity,
];

/** A probe that has no answer by then does not hold the others up. */
const LIMIT_MS = 60_000;

/** Runs every probe side by side; what one of them meets hides nothing of the others. Returns the findings in the order of the probes. */
export async function examine(
  patient: Patient,
  clock: Clock,
  signal: AbortSignal,
  probes: readonly Probe[] = PROBES,
): Promise<CheckedFinding[]> {
  const reached = answer(cluster, patient, clock, signal);
  const results = await Promise.all(
    probes.map(async (probe) => {
      if (probe === cluster) return await reached;
      const unreached = probe.asksCluster && (await reached).some(({ level }) => level === 'fail');
      return unreached
        ? [{ level: 'unknown' as const, message: 'not asked, since the cluster cannot be reached' }]
        : await answer(probe, patient, clock, signal);
    }),
  );
  signal.throwIfAborted();
  return results.flatMap((findings, index) => findings.map((finding) => ({ check: probes[index]?.title ?? '', ...finding })));
}

async function answer(probe: Probe, patient: Patient, clock: Clock, signal: AbortSignal): Promise<Finding[]> {
  const done = new AbortController();
  const late = clock.sleep(LIMIT_MS, AbortSignal.any([done.signal, signal])).then(
    (): Finding[] => [{ level: 'unknown', message: `no answer within ${LIMIT_MS / 1000} s` }],
    (): Finding[] => [],
  );
  try {
    return await Promise.race([probe.run(patient), late]);
  } catch (error) {
    return [findingOf(error)];
  } finally {
    done.abort();
  }
}
