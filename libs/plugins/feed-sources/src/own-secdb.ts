import { positionInJson, readText, type TextPosition } from '@clarion/file-formats/documents';
import type { FeedDocument, FeedRecord } from '@clarion/model';
import { createMistakes, parseOwnJson } from './own-mistakes';
import { doubtOfPlace } from './own-place';
import { parseSecdb, type SecdbPlace } from './secdb';

const maxBytes = 64 * 1024 * 1024;

/** Reads one file of own SecDB data: what could not be understood is a mistake of who wrote it, told with its place. */
export async function* parseOwnSecdb(document: FeedDocument, place: SecdbPlace): AsyncGenerator<FeedRecord> {
  const { name } = document;
  const text = await readText(document.body, maxBytes);
  const mistakes = createMistakes();
  parseOwnJson(text, name);
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

async function* once(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}
