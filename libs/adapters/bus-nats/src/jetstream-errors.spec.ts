import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

import { JetStreamApiError } from '@nats-io/jetstream';

import { isJetStreamError, jetStreamErrors, classifyError } from './jetstream-errors';

const answer = (err_code: number, code = 400): JetStreamApiError =>
  new JetStreamApiError({ code, err_code, description: 'it says so' });

describe('what JetStream answers', () => {
  it.each([
    ['a duplicate that is not committed', answer(10_158, 409), 'again'],
    ['a cluster without leader', answer(10_008, 503), 'again'],
    ['a full account', answer(10_002), 'full'],
    ['a full stream', answer(10_077, 503), 'full'],
    ['a message that is too large', answer(10_054), 'never'],
    ['headers that are too large', answer(10_097), 'never'],
    ['a code of a later server', answer(19_999), 'again'],
    ['no answer', new Error('timeout'), 'again'],
  ])('%s', (_, error, errorClass) => {
    expect(classifyError(error)).toBe(errorClass);
  });

  it('is known by its code', () => {
    expect(isJetStreamError(answer(10_059, 404), 10_059)).toBe(true);
    expect(isJetStreamError(answer(10_037, 404), 10_059)).toBe(false);
    expect(isJetStreamError(new Error('10059'), 10_059)).toBe(false);
  });

  const published = sourceOfServer();
  const itWithSource = published === undefined ? it.skip : it;
  itWithSource('has the names that the server has (needs the source of nats-server in the module cache of Go)', () => {
    const names = new Map(
      (JSON.parse(readFileSync(published ?? '', 'utf8')) as { constant: string; error_code: number }[]).map((one) => [
        one.error_code,
        one.constant,
      ]),
    );
    for (const [code, [name]] of Object.entries(jetStreamErrors))
      expect([code, names.get(Number(code))]).toEqual([code, name]);
  });
});

/** The error list of the newest server whose source is available. */
function sourceOfServer(): string | undefined {
  const cache = path.join(
    process.env['GOPATH'] ?? path.join(homedir(), 'go'),
    'pkg/mod/github.com/nats-io/nats-server',
  );
  if (!existsSync(cache)) return undefined;
  const newest = readdirSync(cache).sort().at(-1) ?? '';
  const file = path.join(cache, newest, 'server/errors.json');
  return existsSync(file) ? file : undefined;
}
