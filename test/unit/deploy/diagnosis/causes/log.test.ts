import { describe, expect, test } from '@jest/globals';
import { type Said, unreachableIn } from '../../../../../src/deploy/diagnosis/causes/log.ts';

describe('what programs say of something that they do not reach', () => {
  test.each<[string, Said['what'], string | undefined, number | undefined]>([
    ['Error: getaddrinfo ENOTFOUND todo-db', 'name', 'todo-db', undefined],
    ['dial tcp: lookup todo-db on 10.96.0.10:53: no such host', 'name', 'todo-db', undefined],
    ['java.net.UnknownHostException: todo-db', 'name', 'todo-db', undefined],
    ['redis.exceptions.ConnectionError: Error -2 connecting to redis:6379. Name or service not known.', 'name', 'redis', 6379],
    ['socket.gaierror: [Errno -2] Name or service not known', 'name', undefined, undefined],
    ['curl: (6) Could not resolve host: api.example.com', 'name', 'api.example.com', undefined],
    ['FATAL:  password authentication failed for user "todo"', 'login', undefined, undefined],
    ["ERROR 1045 (28000): Access denied for user 'todo'@'10.244.1.7' (using password: YES)", 'login', undefined, undefined],
    ['ReplyError: WRONGPASS invalid username-password pair or user is disabled.', 'login', undefined, undefined],
    ['Error: SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'login', undefined, undefined],
    ['Error: connect ECONNREFUSED 10.96.0.7:5432', 'refused', '10.96.0.7', 5432],
    ['dial tcp 10.96.0.7:5432: connect: connection refused', 'refused', '10.96.0.7', 5432],
    ["ConnectionRefusedError: [Errno 111] Connect call failed ('10.96.0.7', 5432)", 'refused', '10.96.0.7', 5432],
    ['org.postgresql.util.PSQLException: Connection to todo-db:5432 refused. Check that …', 'refused', 'todo-db', 5432],
    ['Error: connect ETIMEDOUT 10.96.0.7:5432', 'timeout', '10.96.0.7', 5432],
    ['dial tcp 10.96.0.7:5432: i/o timeout', 'timeout', '10.96.0.7', 5432],
    ['connection to server at "todo-db" (10.96.0.7), port 5432 failed: timeout expired', 'timeout', 'todo-db', 5432],
    ["Can't reach database server at `todo-db`:`5432`", 'timeout', 'todo-db', 5432],
  ])('%s', (line, what, host, port) =>
    expect(unreachableIn(`starting\n${line}\n    at connect (net.js:1)\n`)).toMatchObject({ what, line, host, port }),
  );

  test.each(['no such table: todos', 'listening on 10.0.0.1:8080', 'TypeError: x is not a function', ''])('%j says nothing of it', (log) =>
    expect(unreachableIn(log)).toBeUndefined(),
  );

  test('the words that name the address count, where others wrap them', () =>
    expect(unreachableIn('connect ECONNREFUSED 10.96.0.7:5432\nError: connection refused')).toMatchObject({
      host: '10.96.0.7',
      port: 5432,
    }));
});
