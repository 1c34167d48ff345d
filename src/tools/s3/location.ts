export interface S3Location {
  bucket: string;
  /** Without slashes at its ends; empty for the bucket's root. */
  prefix: string;
  /** `https://fra1.digitaloceanspaces.com` */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}
