/** Folders that builds read. */
export interface BuildContexts {
  /**
   * One hash over everything that a build can take from a folder: names, kinds, modes, contents and the targets of links, without what its ignore
   * file leaves out. Undefined where that cannot be said (sockets, devices, more than is worth reading).
   */
  digest(folder: string, dockerfile?: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Text of a Dockerfile. */
  dockerfile(path: string): Promise<string>;
}
