import type { KubernetesObject, ListOptions } from '../../../src/interfaces/kubernetes.ts';
import { fieldAt } from '../../../src/interfaces/values.ts';

type Test = (object: KubernetesObject) => boolean;

/** Pure: whether an object is among those that these options ask for. */
export function selection({ labelSelector = '', fieldSelector = '' }: ListOptions): Test {
  const tests = [...terms(labelSelector).map(labelTest), ...terms(fieldSelector).map(fieldTest)];
  return (object) => tests.every((test) => test(object));
}

/** By commas, those in brackets aside. */
const terms = (selector: string): string[] => selector.split(/,(?![^(]*\))/).filter(Boolean);

function labelTest(term: string): Test {
  const [, key = '', values] = /^(\S+) in \((.*)\)$/.exec(term) ?? [];
  if (values !== undefined) return ({ metadata }) => values.split(',').includes(metadata.labels?.[key] ?? '');
  const [, name = '', not, value] = /^([^=!]+)(!?)==?(.*)$/.exec(term) ?? [];
  if (value === undefined) return ({ metadata }) => metadata.labels?.[term] !== undefined;
  return ({ metadata }) => (metadata.labels?.[name] === value) !== (not === '!');
}

function fieldTest(term: string): Test {
  const [, path = '', not, value] = /^([^=!]+)(!?)==?(.*)$/.exec(term) ?? [];
  return (object) => (fieldAt(object, ...path.split('.')) === value) !== (not === '!');
}
