/** Pure: `owner/name` of a remote at GitHub, by https or ssh; undefined for any other place. */
export function githubRepository(url: string | undefined): string | undefined {
  const found =
    /^(?:https?:\/\/(?:[^@/]+@)?|ssh:\/\/(?:[^@/]+@)?|(?:[^@/]+@))github\.com(?::\d+)?[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/i.exec(
      url ?? '',
    );
  return found ? `${found[1]}/${found[2]}` : undefined;
}
