/** An app as plain Helm or kubectl ran it before it was taken over: what a deploy that takes it over goes back to. */
export interface PlainApp {
  /** Of its own Helm release; undefined where kubectl made it. */
  revision?: number | undefined;
  /** With the replicas that ran when it was taken over. */
  workloads: PlainWorkload[];
  services: PlainService[];
}

export interface PlainWorkload {
  apiVersion: string;
  kind: string;
  name: string;
  replicas: number;
}

export interface PlainService {
  name: string;
  /** Its own, before it was pinned to the pods that served. */
  selector: Record<string, string>;
}
