#!/usr/bin/env bash
# Questions of the release workflow, answered from a checkout with all tags by git alone.
#   release.sh check TAG   fails unless TAG is v1.2.3, names version and repository of package.json and is a commit of main
#   release.sh major TAG   prints the tag that is to move to TAG (v1), or nothing where a newer version of that major exists
set -euo pipefail
command=${1:?check or major} tag=${2:?a tag such as v1.2.3}

if ! [[ $tag =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
  echo "$tag is not a version such as v1.2.3" >&2
  exit 1
fi

case $command in
  check)
    version=$(git show "$tag:package.json" | sed -n 's/^  "version": "\(.*\)",$/\1/p')
    if [ "v$version" != "$tag" ]; then
      echo "package.json says $version and the tag $tag: run 'npm version' on main, and tag that commit" >&2
      exit 1
    fi
    repository=$(git show "$tag:package.json" | sed -n 's#^    "url": "git+https://github.com/\(.*\)\.git"$#\1#p')
    if [ "$repository" != "$GITHUB_REPOSITORY" ]; then
      echo "package.json names the repository '$repository' and this is $GITHUB_REPOSITORY: npm refuses its provenance; correct repository.url" >&2
      exit 1
    fi
    if ! git merge-base --is-ancestor "$tag^{commit}" "${MAIN:-origin/main}"; then
      echo "$tag is not a commit of main: only what was reviewed and tested there is released" >&2
      exit 1
    fi
    ;;
  major)
    major=${tag%%.*}
    newest=$(git tag --list "$major.*" --sort=-version:refname | grep --extended-regexp '^v[0-9]+\.[0-9]+\.[0-9]+$' | sed -n 1p)
    if [ "$newest" = "$tag" ]; then echo "$major"; fi
    ;;
  *)
    echo "unknown: $command (check or major)" >&2
    exit 2
    ;;
esac
