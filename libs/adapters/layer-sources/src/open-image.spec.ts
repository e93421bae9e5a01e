import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeOpened, failure, open } from '../testing/opened-images';
import { requireReference } from './reference';

let scratch = '';

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-sources-'));
});

afterEach(async () => {
  await closeOpened();
  rmSync(scratch, { recursive: true, force: true });
});

const at = (name: string): string => path.join(scratch, name);

describe('what a reference means', () => {
  it('any other directory is a root filesystem', async () => {
    for (const reference of [scratch, `dir:${scratch}`]) {
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
    ['registry:Not A Reference', 'invalid-input', 'is not the name of an image'],
    ['ghcr.io/x@sha256:12', 'invalid-input', 'neither a file nor an image'],
    ['UPPER', 'invalid-input', 'neither a file nor an image'],
    ['', 'invalid-input', 'neither a file nor an image'],
    ['a\0b', 'invalid-input', 'neither a file nor an image'],
  ])('%j', async (reference, code, message) => {
    const error = await failure(reference);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  });

  it.each([
    ['docker://alpine:3.20', 'write alpine:3.20, or docker:alpine:3.20 for the image that docker has on this machine'],
    [
      'http://reg.example/app',
      'write reg.example/app, or the same with --insecure-registry where the registry has no TLS',
    ],
    ['https://hub.docker.com/_/alpine', 'write alpine'],
    ['ftp://x', 'write a name like alpine:3.22 or registry.example/team/app:1'],
    ['ghcr.io/x@sha256:12', 'behind @ stands a whole digest: sha256: and 64 hexadecimal digits'],
    ['registry.example/App', 'names of images are in lower case: registry.example/app'],
  ])('%j is explained', async (reference, remedy) => {
    expect(await failure(reference)).toMatchObject({ code: 'invalid-input', remedy });
  });

  it.each([
    ['docker://alpine:3.20', 'write alpine:3.20'],
    ['http://alpine:3.20', 'write alpine:3.20'],
    ['Not A Reference', 'name an image like alpine:3.22 or registry.example/team/app:1'],
    ['x@sha256:12', 'behind @ stands a whole digest: sha256: and 64 hexadecimal digits'],
  ])('where only registries are allowed, %j is explained without other sources', (reference, remedy) => {
    expect(() => requireReference(reference)).toThrow(
      expect.objectContaining({ code: 'invalid-input', remedy }) as Error,
    );
  });

  it('a file is not a root filesystem', async () => {
    writeFileSync(at('f'), '');
    expect(await failure(`dir:${at('f')}`)).toMatchObject({ code: 'invalid-input' });
  });
});
