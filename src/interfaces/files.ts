/** Private files and folders of one run (0600, 0700), removed when it is over. Returns absolute paths. */
export interface PrivateFiles {
  file(name: string, content: string | Uint8Array): string;
  directory(name: string): string;
}
