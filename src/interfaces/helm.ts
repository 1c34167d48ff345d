/** A manifest of the release as Helm gives it: the file's text, one or more YAML documents. */
export interface HelmHook {
  name: string;
  kind: string;
  path: string;
  manifest: string;
  /** `pre-install`, `post-upgrade`, `test`, … */
  events: string[];
  weight: number;
  deletePolicies: string[];
}

export interface HelmChartMetadata {
  name: string;
  version: string;
  appVersion?: string | undefined;
  /** From Chart.yaml; kept for the part charts. */
  description?: string | undefined;
  /** Of part charts: what a release is to remember. */
  annotations?: Record<string, string> | undefined;
}

/** What `helm upgrade --install --dry-run=server -o json` says. */
export interface HelmRender {
  release: string;
  namespace: string;
  chart: HelmChartMetadata;
  /** All manifests, in Helm's install order, `---` between them, `# Source:` comments included. */
  manifest: string;
  hooks: HelmHook[];
  /** The chart's own templates by path (`templates/service.yaml`), as written; those of its subcharts are not told. */
  templates: Record<string, string>;
  /** The user's own values (`helm get values`), merged from all sources. */
  config: Record<string, unknown>;
  notes: string;
}

export interface HelmRelease {
  name: string;
  namespace: string;
  revision: number;
  /** `deployed`, `failed`, `pending-install`, `pending-upgrade`, `pending-rollback`, `superseded`, `uninstalling`, `uninstalled`. */
  status: string;
  chart: string;
  appVersion: string;
  updated: string;
  description?: string | undefined;
}

export interface HelmValues {
  /** Paths of value files, in order. */
  files: string[];
  /** Inline YAML of the input `values`, applied last. */
  inline?: string | undefined;
}

/** A finished part packed as a chart: same name, version and appVersion, templates are the manifests as they stand (JSON). */
export interface PartChart {
  chart: HelmChartMetadata;
  /** File name under templates/ → content. Content is literal: Helm must not evaluate it. */
  templates: Record<string, string>;
}

export interface HelmApply {
  release: string;
  part: PartChart;
  /** The user's own values, recorded with the release. */
  values: Record<string, unknown>;
  description: string;
  timeoutMs: number;
  /** Helm's own hooks run unless true. */
  noHooks?: boolean | undefined;
  /** Objects without Helm's marks become the release's. */
  takeOwnership?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface HelmRenderOptions {
  release: string;
  /** Folder or OCI reference. */
  chart: string;
  version?: string | undefined;
  values: HelmValues;
  /** As a first install, whatever the history. */
  install?: boolean | undefined;
  /** False: the chart reads nothing from the cluster (`lookup` finds nothing). */
  lookups?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface HelmTest {
  release: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface HelmTestResult {
  passed: boolean;
  /** Helm's own words. */
  output: string;
  /** Tests that failed, as `Kind/name`. */
  failed: string[];
}

/** Helm 4, always `--server-side=true --force-conflicts`, in one namespace of one cluster. */
export interface Helm {
  /** Renders the chart without changing anything. */
  render(options: HelmRenderOptions): Promise<HelmRender>;
  /** `helm upgrade --install` of a part chart, without waiting for readiness. */
  apply(options: HelmApply): Promise<HelmRelease>;
  /** Helm's own dry run of a part chart: whether it knows the kinds, and whose the objects are. It asks the API server about none of them. */
  validate(options: HelmApply): Promise<void>;
  history(release: string): Promise<HelmRelease[]>;
  /** The live release's manifest, or undefined where there is none. */
  manifest(release: string, revision?: number): Promise<string | undefined>;
  /** The recorded part chart of a release's revision, as it was packed; by itself of the one that the next change starts from. */
  recordedPart(release: string, revision?: number): Promise<{ part: PartChart; values: Record<string, unknown> } | undefined>;
  /** With `keepHistory` the release's records stay, for rollbacks. Does nothing where there is no such release, or no longer. */
  uninstall(options: { release: string; noHooks: boolean; timeoutMs: number; keepHistory?: boolean }): Promise<void>;
  /**
   * Clears what a killed run left, which Helm refuses to work on: a `pending-*` revision becomes `failed`, one that is `uninstalling` becomes
   * `superseded`.
   */
  clearPending(release: string): Promise<boolean>;
  /**
   * The revision is the deployed one again, and those after it are forgotten: nothing of Helm's leads to them any more. Revision 0 stands for
   * none at all.
   */
  giveBack(release: string, revision: number): Promise<void>;
  /** `helm test`. What it could not tidy up after tests that passed is no failure; where an answer gets lost, it is run again. */
  test(options: HelmTest): Promise<HelmTestResult>;
  /** CRDs of the chart and its subcharts, as YAML documents. */
  crds(chart: string, version?: string): Promise<string>;
}
