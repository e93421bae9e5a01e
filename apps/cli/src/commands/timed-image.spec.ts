import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClarionError } from '@clarion/model';
import { timedImage } from './timed-image';

const folder = mkdtempSync(join(tmpdir(), 'clarion-timed-image-'));
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  writeFileSync(at('app.tar'), '');
  writeFileSync(at('app@2026-01-01'), '');
  writeFileSync(at('a@b.tar'), '');
  mkdirSync(at('root@2026-02-01'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const digest = `app@sha256:${'0'.repeat(64)}`;

test.each([
  [at('app.tar'), at('app.tar'), undefined],
  [`${at('app.tar')}@2026-01-01`, at('app.tar'), '2026-01-01'],
  [digest, digest, undefined],
  [`${digest}@2026-01-01`, digest, '2026-01-01'],
  // A name with an @ of its own.
  [at('a@b.tar'), at('a@b.tar'), undefined],
  [`${at('a@b.tar')}@2026-01-01`, at('a@b.tar'), '2026-01-01'],
  [at('app@2026-01-01'), at('app@2026-01-01'), undefined],
  [`docker-archive:${at('app@2026-01-01')}@2026-01-03`, `docker-archive:${at('app@2026-01-01')}`, '2026-01-03'],
  [`dir:${at('root@2026-02-01')}`, `dir:${at('root@2026-02-01')}`, undefined],
])('%s is the image %s at %s', async (text, image, time) => {
  expect(await timedImage(text, (reference) => Promise.resolve(reference))).toEqual({
    image,
    ...(time !== undefined && { time }),
  });
});

test.each([
  ['app:1@2026-13-01', '"app:1" is followed by @ and "2026-13-01", which is not a time'],
  ['app.tar@yesterday', '"app.tar" is followed by @ and "yesterday", which is not a time'],
  ['app@', '"app" is followed by @ and no time'],
  ['@2026-01-01', 'There is no image before the time in "@2026-01-01"'],
  // What cannot be a time is not taken for one.
  ['app@sha256:12', 'none'],
  ['other@b.tar', 'none'],
  ['team@work/app.tar', 'none'],
  ['app:2', 'none'],
  ['app:2@2026-01-01', 'none'],
])('%s: %s', async (text, message) => {
  const read = (): Promise<never> => Promise.reject(new ClarionError('not-found', 'none'));
  await expect(timedImage(text, read)).rejects.toThrow(message);
});
