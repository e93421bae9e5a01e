import { ClarionError } from '@clarion/model';
import { jsonElements, type JsonLimits, type JsonMember } from './json-stream';

/** The member name of the array for `jsonElements`. */
const list = 'elements of the array';

/**
 * Reads a document that is one big JSON array, element by element, so that memory is bounded by the largest of them. An
 * element that is not valid JSON has a `problem`. Throws `ClarionError`: `corrupt-data` when the document is not an
 * array or ends early, `limit-exceeded` beyond the limits.
 */
export async function* arrayElements(body: AsyncIterable<Uint8Array>, limits?: JsonLimits): AsyncGenerator<JsonMember> {
  for await (const member of jsonElements(asMember(body), list, limits)) {
    if (member.element !== true) throw new ClarionError('corrupt-data', 'JSON document is not an array');
    yield member;
  }
}

/** `{"<list>":` and `}` around the array, so that one reader is enough. */
async function* asMember(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`{"${list}":`);
  yield* body;
  yield Buffer.from('}');
}
