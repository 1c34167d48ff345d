/** How the API server says that a field never changes. */
const IMMUTABLE =
  /field is immutable|updates to \w+ spec for fields other than|cannot change roleRef|spec is immutable after creation|can not be less than (?:status\.capacity|previous value)|is immutable when|may not change once set|can ?not be unset|updates to parameters are forbidden/i;

/** `Deployment.apps "web" is invalid`, as Helm and kubectl say it; `Deployment/web: …`, as the dry run does. */
const OBJECT = [/\b([A-Z]\w+)(?:\.[\w.-]+)? "([^"]+)" is (?:invalid|forbidden)/, /^([A-Z]\w+)\/(\S+): /m];

export const isImmutable = (text: string): boolean => IMMUTABLE.test(text);

/** Pure: what to do where a field never changes. */
export function wayOut(text: string): string {
  const [, kind = 'object', name = '<name>'] = OBJECT.map((pattern) => pattern.exec(text)).find((match) => match !== null) ?? [];
  const command = `kubectl delete ${kind.toLowerCase()} ${name}`;
  const known = WAYS[kind];
  if (known) return known(command);
  return `Keep the field as it was, or delete the object, then deploy again: ${command}`;
}

const orphan = (command: string): string =>
  `Keep the field as it was (selectors should hold no version). Or delete the object without its pods, then deploy again: ${command} --cascade=orphan`;

const WAYS: Readonly<Record<string, (command: string) => string>> = {
  Deployment: orphan,
  DaemonSet: orphan,
  ReplicaSet: orphan,
  StatefulSet: (command) =>
    `Only replicas, ordinals, template, updateStrategy, minReadySeconds and the claims' retention can change. Its pods and claims stay with: ${command} --cascade=orphan; then deploy again.`,
  Job: (command) =>
    `A Job runs once. Delete the old one, then deploy again: ${command}; or give it a name of its own in each version, or make it a hook.`,
  PersistentVolumeClaim: () =>
    'A claim can grow, where its storage class allows it, and nothing else of it changes: keep it as it was, or make a claim of another name and copy the data.',
  RoleBinding: (command) => `Whom a binding leads to never changes. Delete it, then deploy again: ${command}`,
  ClusterRoleBinding: (command) => `Whom a binding leads to never changes. Delete it, then deploy again: ${command}`,
  ConfigMap: (command) => `Give it a name of its own in each version, or delete it, then deploy again: ${command}`,
  Secret: (command) =>
    `Keep its type, and give one that is immutable a name of its own in each version; or delete it, then deploy again: ${command}`,
  Service: (command) => `Leave the address as it was. Or delete the Service, which users notice, then deploy again: ${command}`,
};
