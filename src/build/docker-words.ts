/** What is said to someone who writes an input or key of docker/build-push-action (or of Compose and Bake) that is called otherwise here. */
const SAME_PLACE: Readonly<Record<string, string>> = {
  tag: 'tags are set for all images by the input "tags"; registry and name make the rest',
  'build-contexts': 'it is called "contexts" here: {name: folder or docker-image://…}',
  'cache-from': 'set the input "cache": registry, gha or off',
  'cache-to': 'set the input "cache": registry, gha or off; it is written after the scan',
  attests: 'set the inputs "sbom" and "provenance"; they are attached as referrers, and the digest stays what it is',
  'secret-env': 'it is called "secret-envs" here',
  'secret-file': 'it is called "secret-files" here',
  'add-hosts': 'entries of /etc/hosts cannot be added to a build here; use a builder of your own ("builder")',
  allow: 'entitlements cannot be granted here; use a builder of your own ("builder") that grants them',
  call: 'checks of the Dockerfile are not run here: docker buildx build --check',
  'cgroup-parent': 'it cannot be set for a build here; use a builder of your own ("builder")',
  network: 'it cannot be set for a build here; use a builder of your own ("builder") with the network that it needs',
  'shm-size': 'it cannot be set for a build here: RUN --mount=type=tmpfs,target=/dev/shm,size=…',
  ulimit: 'it cannot be set for a build here; use a builder of your own ("builder")',
};

const AS_KEY: Readonly<Record<string, string>> = {
  ...SAME_PLACE,
  dockerfile: 'it is called "file" here: file: docker/Dockerfile, from the workspace',
  load: 'set the input "load", for all images; for docker on this machine write outputs: type=docker',
  path: 'it is called "context" here',
  args: 'it is called "build-args" here',
  platform: 'it is called "platforms" here',
  'additional-contexts': 'it is called "contexts" here',
  image: 'the name before the colon is the image’s: todo-backend: {context: ./backend}',
  repository: 'the name before the colon is the image’s, below the input "registry"',
  tags: 'tags are set for all images by the input "tags"; registry and name make the rest',
  push: 'set the input "push"; all images are pushed, or none',
  secrets: 'set the input "secrets"; every build may mount them',
  secret: 'set the input "secrets"; every build may mount them',
  sbom: 'set the input "sbom", for all images',
  provenance: 'set the input "provenance", for all images',
  cache: 'set the input "cache", for all images',
  builder: 'set the input "builder", for all images',
};

const AS_INPUT: Readonly<Record<string, string>> = {
  ...SAME_PLACE,
  context: 'name it in "images": todo-backend: ./backend',
  file: 'name it in "images": todo-backend: {context: ., file: docker/Dockerfile}',
  target: 'name it in "images": todo-backend: {context: ./backend, target: production}',
  outputs: 'name them in "images": todo-backend: {context: ./backend, outputs: "type=local,dest=out"}',
  image: 'set "images" (name: context, one a line) and "registry"',
  dockerfile: 'name it in "images": todo-backend: {context: ., file: docker/Dockerfile}',
};

const answerIn = (table: Readonly<Record<string, string>>, word: string): string | undefined => {
  const key = word.toLowerCase().replaceAll('_', '-');
  return Object.hasOwn(table, key) ? table[key] : undefined;
};

/** Our words for a key of an image; undefined where it is not docker's. */
export const answerToKey = (key: string): string | undefined => answerIn(AS_KEY, key);

/** Our words for an input; undefined where it is not docker's. */
export const answerToInput = (input: string): string | undefined => answerIn(AS_INPUT, input);

/** The inputs of docker's action that are none here. */
export const DOCKER_INPUTS: readonly string[] = Object.keys(AS_INPUT);
