const MOUNT_BY_VARIABLE = /type=secret[^\n]*\$/;

/** Returns whether a Dockerfile can ask for a secret of that id; what an id made of a variable becomes is not known before the build. */
export function isAskedFor(id: string, dockerfiles: readonly string[]): boolean {
  return dockerfiles.some((text) => text.includes(id) || MOUNT_BY_VARIABLE.test(text));
}
