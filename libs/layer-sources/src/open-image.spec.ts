import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeOpened, failure, open } from './testing/opened-images';

let place = '';

beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'clarion-sources-'));
});

afterEach(async () => {
  await closeOpened();
  rmSync(place, { recursive: true, force: true });
});

const at = (name: string): string => path.join(place, name);

describe('what a reference means', () => {
  it('a directory that is nothing else is a root filesystem', async () => {
    for (const reference of [place, `dir:${place}`]) {
      const found = await open(reference);
      expect(found.image.layers).toEqual([{}]);
      expect((await found.layer(0)).kind).toBe('walk');
      expect(() => found.layer(1)).toThrow(RangeError);
    }
  });

  it.each<[reference: string, code: string, message: string]>([
    ['sbom:x.json', 'unsupported', 'SBOM'],
    ['dir:', 'invalid-input', 'Nothing follows'],
    ['dir:/nowhere/at/all', 'not-found', 'does not exist'],
    ['docker-archive:nowhere.tar', 'not-found', 'does not exist'],
    ['./nowhere', 'not-found', 'does not exist'],
    ['/nowhere', 'not-found', 'does not exist'],
    ['../nowhere.tar', 'not-found', 'does not exist'],
    ['nowhere.tar.gz', 'not-found', 'does not exist'],
    ['some/Path With Blanks', 'not-found', 'does not exist'],
    ['registry:Not A Reference', 'invalid-input', 'neither a file nor an image'],
    ['UPPER', 'invalid-input', 'neither a file nor an image'],
    ['', 'invalid-input', 'neither a file nor an image'],
    ['a\0b', 'invalid-input', 'neither a file nor an image'],
  ])('%j', async (reference, code, message) => {
    const error = await failure(reference);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  });

  it('a file is no root filesystem', async () => {
    writeFileSync(at('f'), '');
    expect(await failure(`dir:${at('f')}`)).toMatchObject({ code: 'invalid-input' });
  });
});
