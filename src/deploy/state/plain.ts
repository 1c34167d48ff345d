/** What names an object in the cluster. */
export interface PlainObject {
  apiVersion: string;
  kind: string;
  name: string;
  /** Helm was told to keep it before we told it. */
  keptBefore?: true | undefined;
}

/** An app as plain Helm ran it before it was taken over: what a deploy that takes it over goes back to. */
export interface PlainApp {
  /** Of its own Helm release. */
  revision: number;
  /** What people call it: `Helm revision 3`. */
  version: string;
  workloads: PlainWorkload[];
  /** Autoscalers and disruption budgets of these workloads. */
  others: PlainObject[];
  services: PlainService[];
  /** Objects that Helm did not know before: kubectl made them. */
  claimed?: PlainObject[] | undefined;
}

export interface PlainWorkload extends PlainObject {
  /** That ran when it was taken over; 0 for what runs on a schedule. */
  replicas: number;
  /** That its chart asked for, where it said so. */
  asked?: number | undefined;
  /** No Service leads to it: it stops at the switch. */
  worker: boolean;
  /** It stood still already when it was taken over. */
  suspended?: true | undefined;
}

export interface PlainService {
  name: string;
  /** Its own, before it was pinned to the pods that served. */
  selector: Record<string, string>;
  /** Its own and the hash of the pods that served. */
  pinned: Record<string, string>;
  /** The stage in which it moves; left out for front doors, which move first. */
  stage?: number | undefined;
}
