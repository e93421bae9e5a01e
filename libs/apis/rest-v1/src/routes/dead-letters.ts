import { deadLetterPage, none, pageQuery, word } from '@clarion/rest-v1-contract';
import { z } from 'zod';
import { type AnyRoute, route } from '../route';
import { pageOf } from '../page-of';

const group = 'Dead letters';
const params = z.strictObject({ id: word(1000) });

const list = route({
  method: 'get',
  path: '/dead-letters',
  operation: 'listDeadLetters',
  group,
  about: 'Lists dead letters: work that failed for good, and why.',
  access: 'operator',
  params: none,
  query: z.strictObject(pageQuery),
  answers: { 200: { schema: deadLetterPage, about: 'By id' } },
  handle: async ({ query }, { deadLetters }) => ({ status: 200, json: await deadLetters.list(pageOf(query)) }),
});

const replay = route({
  method: 'post',
  path: '/dead-letters/{id}/replay',
  operation: 'replayDeadLetter',
  group,
  about: 'Queues the work of a dead letter again.',
  access: 'operator',
  params,
  query: none,
  answers: { 202: { about: 'Accepted' } },
  async handle({ params: { id } }, { deadLetters }) {
    await deadLetters.replay(id);
    return { status: 202 };
  },
});

const drop = route({
  method: 'delete',
  path: '/dead-letters/{id}',
  operation: 'deleteDeadLetter',
  group,
  about: 'Deletes a dead letter: its work will not be done.',
  access: 'operator',
  params,
  query: none,
  answers: { 204: { about: 'Deleted' } },
  async handle({ params: { id } }, { deadLetters }) {
    await deadLetters.remove(id);
    return { status: 204 };
  },
});

export const deadLetterRoutes: readonly AnyRoute[] = [list, replay, drop];
