import { asObject, positionInJson, readText, type TextPosition } from '@clarion/file-formats/documents';
import type { FeedDocument, FeedRecord } from '@clarion/model';
import { createMistakes, type FeedProblem, type Mistakes, parseOwnJson, repeatsIn } from './own-mistakes';
import { faultOfName } from './own-package-names';
import { doubtOfPlace } from './own-place';
import { parseSecdb, type SecdbPlace } from './secdb';

const maxBytes = 64 * 1024 * 1024;

/** Reads one file of own SecDB data: what could not be understood is a mistake of who wrote it, told with its place. */
export async function* parseOwnSecdb(document: FeedDocument, place: SecdbPlace): AsyncGenerator<FeedRecord> {
  const { name } = document;
  const text = await readText(document.body, maxBytes);
  const mistakes = createMistakes();
  const value = parseOwnJson(text, name);
  yield* repeatsIn({ text, name, line: 1 }, mistakes);
  yield* wrongNames(value, { text, name, place }, mistakes);
  const doubt = doubtOfPlace(place);
  if (doubt !== undefined) yield { kind: 'problem', record: name, message: doubt, doubt: true };
  yield* parseSecdb(
    { name, body: once(text) },
    {
      ...place,
      problemOf: ({ message, path }, subject) => {
        const position = (): TextPosition => positionInJson(text, path);
        const told = subject === name ? message : `${subject.slice(0, 80)}: ${message}`;
        return mistakes.problem({ name, line: 1, position }, { path, message: told });
      },
    },
  );
}

interface NamedText {
  readonly text: string;
  readonly name: string;
  readonly place: SecdbPlace;
}

/** Names that no package of the namespace can have. */
function* wrongNames(value: unknown, { text, name, place }: NamedText, mistakes: Mistakes): Generator<FeedProblem> {
  const packages = asObject(value)?.['packages'];
  if (!Array.isArray(packages)) return;
  for (const [index, entry] of (packages as readonly unknown[]).entries()) {
    const called = asObject(asObject(entry)?.['pkg'])?.['name'];
    // That there is none is a problem of the reading.
    if (typeof called !== 'string' || called === '') continue;
    const message = faultOfName(called, { namespace: place.namespace, scheme: 'apk', nameKind: 'source' });
    if (message === undefined) continue;
    const path = ['packages', index, 'pkg', 'name'];
    yield mistakes.problem({ name, line: 1, position: () => positionInJson(text, path) }, { path, message });
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}
