/** Which app a backup is of; one app has one prefix in the bucket. */
export interface App {
  namespace: string;
  release: string;
}

export interface PartRecord {
  /** File name within the backup's folder: `part-00001.age`. */
  name: string;
  bytes: number;
  /** Of the encrypted bytes, hex. */
  sha256: string;
}

/** A volume as it was when its backup was taken: a VolumeSnapshot in the app's namespace, ready to use. */
export interface VolumeRecord {
  /** Of the VolumeSnapshot. */
  name: string;
  claim: string;
  /** VolumeSnapshotClass. */
  class: string;
  driver: string;
  /** What the storage itself calls it: with it, a cluster that has never seen it takes it up. */
  handle: string;
  /** What a claim that is made from it asks for, such as 8Gi. */
  size: string;
  /** Of the claim; empty where it has none. */
  storageClass: string;
  accessModes: string[];
  /** `Filesystem` or `Block`. */
  mode: string;
}

/** What a recovery point holds beside the dump; whoever may ask the cluster has made it. */
export interface Beside {
  volumes?: VolumeRecord[];
  /** A Backup object of Velero, completed. */
  velero?: { namespace: string; name: string };
}

/** What anybody with the bucket may read of a backup, written last: without it there is none. Names and numbers, no content. */
export interface BackupManifest extends Beside {
  schema: 1;
  id: string;
  /** Counts the app's backups: 1, 2, … Order is by this, never by a clock. */
  sequence: number;
  app: App;
  source: {
    /** PostgreSQL's system identifier: which server it was, whatever its name; empty where the server does not tell. */
    system: string;
    database: string;
    /** Versions as `17.6`. */
    server: string;
    client: string;
  };
  /** When the snapshot was taken, by the database server's clock, ISO 8601: everything that was committed before is in it. */
  snapshotAt: string;
  /** age's public keys; any one of them opens it. */
  recipients: string[];
  parts: PartRecord[];
  contents: {
    tables: number;
    rows: string;
    /** Of the database on disk, and of the dump before its encryption. */
    databaseBytes: string;
  };
}

/** Written beside a manifest by a drill. */
export interface DrillRecord {
  schema: 1;
  backup: string;
  /** Whether everything came back as it was dumped, and the app's checks passed where they were asked for. */
  equal: boolean;
  /** What differed; at most a few lines. */
  differences: string[];
  /** Seconds by phase. */
  seconds: Record<string, number>;
}

/** A backup as the bucket holds it. */
export interface StoredBackup {
  manifest: BackupManifest;
  /** When its manifest came, by the storage's clock, ms since the epoch. */
  at: number;
  /** By its newest drill. */
  drilled: 'never' | 'good' | 'bad';
  /** When that was, by the storage's clock. */
  drilledAt: number | undefined;
  /** Every object below its folder. */
  paths: string[];
}

/** All of an app's objects, sorted out. */
export interface Inventory {
  /** Newest first, by sequence. */
  backups: StoredBackup[];
  /** Manifests that cannot be read, or whose parts are not all there: id and why. */
  damaged: { id: string; why: string; paths: string[] }[];
  /** Folders without a manifest: of a run that is under way, or was killed. */
  unfinished: { id: string; paths: string[]; newestAt: number; source: string | undefined }[];
  /** Of every folder, finished or not; 0 where there is none. */
  lastSequence: number;
}
