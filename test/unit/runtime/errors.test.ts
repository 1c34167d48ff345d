import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, DeployError, ProcessError, TimeoutError } from '../../../src/interfaces/errors.ts';

describe('errors', () => {
  test('a process error names the program, how it ended and its last line', () => {
    const error = new ProcessError({
      command: ['helm', 'upgrade', '--install'],
      exitCode: 1,
      stderr: 'warning\nError: release: not found\n',
    });
    expect(error.message).toBe('helm upgrade failed (exit code 1): Error: release: not found');
    expect(error).toBeInstanceOf(DeployError);
  });

  test('a time-out says what it waited for and for how long', () => {
    expect(new TimeoutError('Deployment todo-backend-green', 90_000).message).toBe(
      'Timed out after 90 s waiting for Deployment todo-backend-green',
    );
  });

  test('a hint and a cause stay with the error', () => {
    const cause = new Error('below');
    const error = new ConfigurationError('Input "chart" is empty', { hint: 'name a folder', cause });
    expect([error.hint, error.cause]).toEqual(['name a folder', cause]);
  });
});
