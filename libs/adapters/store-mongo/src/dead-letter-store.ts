import type { DeadLetter, DeadLetterStore } from '@clarion/model';

import type { MongoContext } from './context';
import type { ValueDocument } from './value-document';
import { keyPart } from './keys';
import { explained } from './mongo-errors';
import { readValue } from './packed-values';
import { pageById } from './pages';
import { deleteValue, putValue } from './writes';

/** Work that could not be done, by its id. */
export function deadLetterStore(context: MongoContext): DeadLetterStore {
  const read = async (document: ValueDocument) =>
    (await readValue(context, 'deadLetters', document)) as DeadLetter | undefined;
  return {
    putDeadLetter: (letter) =>
      explained(() => putValue(context, 'deadLetters', { id: keyPart(letter.id), value: letter, members: {} })),
    deadLetter: (id) =>
      explained(async () => {
        const document = await context.collection('deadLetters').findOne({ _id: keyPart(id) });
        return document === null ? undefined : read(document);
      }),
    deadLetters: (page) => explained(() => pageById(context, 'deadLetters', { filter: {}, page, read })),
    removeDeadLetter: (id) => explained(() => deleteValue(context, 'deadLetters', keyPart(id))),
  };
}
