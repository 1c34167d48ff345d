import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';

/** What Kubernetes' typed clients for Go send: Helm writes its records so. */
const CONTENT_TYPE = 'application/vnd.kubernetes.protobuf';
/** https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding */
const MAGIC = Buffer.from('k8s\0');

export const isProtobuf = (contentType: string | undefined): boolean => contentType?.split(';')[0]?.trim() === CONTENT_TYPE;

/**
 * Pure: the Secret in a body, its data in base64 as in JSON; undefined where it is something else or not well-formed. The numbers are those of
 * `generated.proto` in k8s.io/apimachinery's runtime (envelope) and meta/v1, and k8s.io/api's core/v1.
 */
export function secretIn(body: Uint8Array): KubernetesObject | undefined {
  try {
    if (!MAGIC.equals(body.subarray(0, MAGIC.length))) return undefined;
    const envelope = fieldsOf(body.subarray(MAGIC.length));
    const type = fieldsOf(envelope.one(1));
    if (type.text(1) !== 'v1' || type.text(2) !== 'Secret') return undefined;
    const secret = fieldsOf(envelope.one(2));
    const metadata = fieldsOf(secret.one(1));
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: metadata.text(1),
        resourceVersion: metadata.text(6) || undefined,
        labels: metadata.map(11, 'utf8'),
        annotations: metadata.map(12, 'utf8'),
      },
      type: secret.text(3),
      data: secret.map(2, 'base64'),
    };
  } catch {
    return undefined;
  }
}

interface Fields {
  /** Empty where it is not there. */
  one(number: number): Uint8Array;
  text(number: number): string;
  map(number: number, encoding: 'utf8' | 'base64'): Record<string, string>;
}

/** Those of a message that are texts, bytes, messages or maps. */
function fieldsOf(message: Uint8Array): Fields {
  const found: [number: number, bytes: Uint8Array][] = [];
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type === WireType.LengthDelimited) found.push([number, reader.bytes()]);
    else reader.skip(type, number);
  }
  const all = (number: number): Uint8Array[] => found.flatMap(([one, bytes]) => (one === number ? [bytes] : []));
  const one = (number: number): Uint8Array => all(number).at(-1) ?? new Uint8Array();
  return {
    one,
    text: (number) => textOf(one(number), 'utf8'),
    map: (number, encoding) =>
      Object.fromEntries(
        all(number)
          .map(fieldsOf)
          .map((entry) => [entry.text(1), textOf(entry.one(2), encoding)]),
      ),
  };
}

const textOf = (bytes: Uint8Array, encoding: 'utf8' | 'base64'): string => Buffer.from(bytes).toString(encoding);
