import { POD, SECRET } from '../../deploy/kube/names.ts';
import { ToolError } from '../../interfaces/errors.ts';
import type { KindRef, Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Secret } from '../../interfaces/objects.ts';
import { gunzip } from '../../interfaces/reading/gunzip.ts';
import { KINDS } from '../../split/kinds/rows.ts';
import { JOURNAL_TYPE } from '../world/apps.ts';
import { LEDGER } from './ledger-store.ts';
import { Mentions } from './mentions.ts';

/** Kubernetes' own; an operator's objects come with a chart, whose record says what they hold. */
const OWN: readonly string[] = ['', 'apps', 'batch'];
/** Whatever runs pods, or is about to, or did and may again. */
const SOURCES: readonly KindRef[] = [
  ...KINDS.filter(({ pods, group }) => pods && OWN.includes(group)).map(({ ref }) => ref),
  POD,
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'PodTemplate' },
  { apiVersion: 'apps/v1', kind: 'ControllerRevision' },
];

const HELM = 'helm.sh/release.v1';
/** A release Secret has at most 1 MiB; manifests shrink to a tenth, not to a hundredth. */
const LARGEST = 64 * 1024 * 1024;

/**
 * Every image that the cluster names: of all namespaces, whoever owns them, with all that journals and Helm's records could bring back. Throws
 * where any of it cannot be read: what was not seen may be in use.
 */
export async function collectMentions(kubernetes: Kubernetes): Promise<Mentions> {
  const mentions = new Mentions();
  for (const kind of SOURCES) {
    const { items } = await kubernetes.list(kind, { allNamespaces: true });
    for (const object of items) {
      if (object.kind === 'ConfigMap' && object.metadata.name === LEDGER) continue;
      mentions.images(JSON.stringify(object));
    }
  }
  for (const type of [JOURNAL_TYPE, HELM]) {
    const { items } = await kubernetes.list(SECRET, { allNamespaces: true, fieldSelector: `type=${type}` });
    for (const secret of items) {
      for (const data of Object.values(secret.data ?? {})) {
        const text = Buffer.from(data, 'base64');
        if (type === JOURNAL_TYPE) mentions.journal(text.toString('utf8'));
        else mentions.images(recorded(text, secret));
      }
    }
  }
  return mentions;
}

/** Helm's base64 around gzip around JSON, whose strings hold manifests with escaped quotes and line ends. */
function recorded(data: Buffer, { metadata: { namespace, name } }: Secret): string {
  const inner = Buffer.from(data.toString('latin1'), 'base64');
  const wrong = (why: string): ToolError => new ToolError(`The Helm record ${namespace}/${name} cannot be read: ${why}`);
  const json = inner[0] === 0x1f && inner[1] === 0x8b ? gunzip(inner, LARGEST, wrong) : inner;
  const text = json.toString('utf8');
  if (!text.startsWith('{')) throw wrong('it is not JSON');
  return text.replaceAll(/\\[nrt"]/g, ' ');
}
