import { describe, expect, test } from '@jest/globals';
import { readDockerfile } from '../../../../src/init/read/dockerfile.ts';

const STAGES = `# syntax=docker/dockerfile:1
ARG NODE=24
FROM node:\${NODE} AS base
WORKDIR /app
EXPOSE 3000/tcp 9229
USER node
FROM base AS build
COPY --chown=node package.json ./
COPY ["src", "public", "./"]
RUN npm ci && \\
    # a comment between
    npm run build
FROM nginx:1.29 AS docs
FROM base AS run
COPY --from=build /app/dist dist
ENV PORT=8080 NAME="a b"
HEALTHCHECK --interval=5s CMD curl --fail http://localhost:8080/ready || exit 1
CMD ["node", "dist/server.js", "--port", "8080"]
`;

describe('a Dockerfile', () => {
  test('its last stage, with what that takes from the stages before', () => {
    expect(readDockerfile(STAGES)).toEqual({
      base: 'node:24',
      user: 'node',
      ports: [3000, 9229],
      healthcheck: '--interval=5s CMD curl --fail http://localhost:8080/ready || exit 1',
      command: 'node dist/server.js --port 8080',
      env: { PORT: '8080', NAME: 'a b' },
      sources: ['package.json', 'src', 'public'],
      users: {},
    });
  });

  test('a target; one that there is not', () => {
    expect(readDockerfile(STAGES, 'docs')).toMatchObject({ base: 'nginx:1.29', user: undefined, ports: [] });
    expect(readDockerfile(STAGES, 'none')).toBeUndefined();
  });

  test('users that it makes, with their numbers', () => {
    const text =
      'FROM alpine\nRUN addgroup -S web && adduser -S -u 1200 -G web web\nRUN useradd --uid 1300 --create-home app\nUSER app:app';
    expect(readDockerfile(text)).toMatchObject({ user: 'app', users: { web: 1200, app: 1300 } });
  });

  test('here-documents are no instructions', () => {
    const text = 'FROM alpine\nRUN <<EOF\nUSER root\nEXPOSE 1\nEOF\nEXPOSE 80';
    expect(readDockerfile(text)).toMatchObject({ user: undefined, ports: [80] });
  });

  test.each(['', '# nothing', 'RUN true', 'EXPOSE 80'])('no stage at all: %j', (text) => expect(readDockerfile(text)).toBeUndefined());
  test('ports that are none', () => expect(readDockerfile('FROM a\nEXPOSE $PORT 0 99999 53/udp 80-90')?.ports).toEqual([80]));
});
