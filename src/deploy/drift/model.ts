/** Something in the cluster that is not as the last deploy left it. */
export interface Drift {
  /** `Kind/name` */
  object: string;
  kind: 'selector' | 'image' | 'replicas' | 'suspended' | 'address' | 'missing' | 'changed';
  /** One line: what was deployed, what is there now. */
  message: string;
  /** Who changed it and when, where the cluster knows. */
  by?: string | undefined;
}

/** `Deployment/web-blue: is scaled to 0; deployed with 1 (kubectl, …)` without the colon where the message is a predicate. */
export const driftText = ({ object, message, by }: Drift): string => {
  const joint = /^(was|is|calls|selects) /.test(message) ? ' ' : ': ';
  return `${object}${joint}${message}${by === undefined ? '' : ` (${by})`}`;
};
