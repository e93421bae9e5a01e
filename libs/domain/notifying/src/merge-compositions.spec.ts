import type { ImageComposition, CompositionWithPackage, PlacedFeature, CompositionStore } from '@clarion/model';
import { type FoundComposition, mergeCompositions } from './merge-compositions';
import { installed } from '../testing/images';

const debian = 'debian:12';
const composition = (id: string): ImageComposition => ({ id, namespaces: [], channels: [], evidence: [] });

/** The packages of compositions by name, in the order of composition ids. */
function storeOf(
  byName: Readonly<Record<string, Readonly<Record<string, readonly PlacedFeature[]>>>>,
): Pick<CompositionStore, 'compositionsWithPackage'> {
  return {
    async *compositionsWithPackage(_, name): AsyncGenerator<CompositionWithPackage> {
      for (const [id, features] of Object.entries(byName[name] ?? {})) {
        const inPieces = async function* (): AsyncGenerator<readonly PlacedFeature[]> {
          for (const feature of features) yield await Promise.resolve([feature]);
        };
        yield await Promise.resolve({ composition: composition(id), pieces: inPieces });
      }
    },
  };
}

async function merged(
  names: readonly string[],
  store: Pick<CompositionStore, 'compositionsWithPackage'>,
): Promise<readonly FoundComposition[]> {
  const compositions: FoundComposition[] = [];
  const packageNames = names.map((name) => ({ type: 'dpkg' as const, name }));
  for await (const composition of mergeCompositions(packageNames, store)) compositions.push(composition);
  return compositions;
}

describe('mergeCompositions', () => {
  const library = installed(debian, 'libssl3 3.0.11-1 openssl');
  const tool = installed(debian, 'openssl 3.0.11-1');

  it('returns each composition once, in the order of ids, with the packages of all names', async () => {
    const store = storeOf({ openssl: { a: [library, tool], c: [tool] }, libssl3: { a: [library], b: [library] } });
    expect(await merged(['openssl', 'libssl3'], store)).toEqual([
      { composition: composition('a'), features: [library, tool] },
      { composition: composition('b'), features: [library] },
      { composition: composition('c'), features: [tool] },
    ]);
  });

  it('returns a duplicate package once, and both packages if any field differs', async () => {
    const other = { ...tool, architecture: 'i386' };
    const store = storeOf({ openssl: { a: [tool, { ...tool }, other], b: [tool, { ...tool, version: '2' }] } });
    expect((await merged(['openssl'], store)).map(({ features }) => features)).toEqual([
      [tool, other],
      [tool, { ...tool, version: '2' }],
    ]);
  });
});
