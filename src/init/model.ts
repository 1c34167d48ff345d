/** A checkout as init reads it. */
export interface Checkout {
  /** Paths of its files with `/`, whether committed yet or not; ignored ones are left out. */
  files: readonly string[];
  /** undefined where there is no such file, or none that can be read as text. */
  read(path: string): string | undefined;
  /** Name of its folder. */
  folder: string;
  /** URL of the remote `origin`. */
  remote: string | undefined;
  /** The branch whose pushes are deployed. */
  branch: string;
}

/** What the flags say; everything else is found. */
export interface Wanted {
  /** Lines `name: context`; empty: found. */
  images: readonly { name: string; context: string; file?: string | undefined; target?: string | undefined }[];
  registry: string | undefined;
  chart: string | undefined;
  release: string | undefined;
  namespace: string | undefined;
  host: string | undefined;
  issuer: string | undefined;
  ingressClass: string | undefined;
  /** A DigitalOcean cluster. */
  cluster: string | undefined;
  environment: string;
  /** By image or workload. */
  ports: Readonly<Record<string, number>>;
  /** For the only image, or for the front door's. */
  port: number | undefined;
}

/** An image to build. */
export interface Image {
  /** In the registry, below its prefix. */
  name: string;
  context: string;
  /** Dockerfile, relative to the repository; undefined for the one in the context. */
  file: string | undefined;
  target: string | undefined;
  buildArgs: Readonly<Record<string, string>>;
}

/** Something that runs an image: a Deployment of the chart that init writes. */
export interface Workload {
  name: string;
  /** Name of its image. */
  image: string;
  /** undefined: nothing calls it, a worker. */
  port: number | undefined;
  /** Path that answers while it is well. */
  health: string | undefined;
  /** Numeric user, for pods that may not run as root. */
  user: number;
  /** Folders that its base image writes to. */
  writable: readonly string[];
  /** Instead of the image's ENTRYPOINT and CMD. */
  command: readonly string[] | undefined;
  args: readonly string[] | undefined;
  env: Readonly<Record<string, string>>;
  /** Variables whose values come from a Secret. */
  secretEnv: readonly string[];
}

/** An image's name in a chart that is there already. */
export interface ChartImage {
  /** Path in the values; undefined where a template has it. */
  path: readonly string[] | undefined;
  /** Whether the registry's host is a value of its own beside it. */
  hasRegistry: boolean;
  /** The value is the whole reference, rather than a map with a repository. */
  isText: boolean;
  repository: string;
}

/** A chart of the repository. */
export interface FoundChart {
  folder: string;
  name: string;
  valueFiles: readonly string[];
  images: readonly ChartImage[];
  /** `apiVersion kind` of what its templates make. */
  kinds: readonly { apiVersion: string; kind: string }[];
}

/** Everything that the files are written from. */
export interface App {
  release: string;
  namespace: string;
  branch: string;
  /** `owner/name` at GitHub. */
  repository: string | undefined;
  registry: string;
  /** Folder. */
  chart: string;
  valueFiles: readonly string[];
  /** Values of the chart that name the images, where the chart's own name others. */
  values: Record<string, unknown> | undefined;
  images: readonly Image[];
  /** Of the chart that init writes; empty where there is one already. */
  workloads: readonly Workload[];
  front: string | undefined;
  kinds: readonly { apiVersion: string; kind: string }[];
  /** Variables that the workloads read from a Secret. */
  secretEnv: readonly string[];
  host: string | undefined;
  issuer: string | undefined;
  ingressClass: string | undefined;
  cluster: string | undefined;
  environment: string;
}

export interface PlannedFile {
  path: string;
  content: string;
}

/** Something that a person does next. */
export interface NextStep {
  text: string;
  commands: readonly string[];
}

export interface InitPlan {
  app: App;
  files: readonly PlannedFile[];
  /** What was found, a line each. */
  found: readonly string[];
  /** What could not be found, or needs a look. */
  notes: readonly string[];
  steps: readonly NextStep[];
}
