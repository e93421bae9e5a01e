import { pruneInOrder, type PruneSteps } from './prune';

function stepsOf(done: string[]): PruneSteps {
  const step =
    <T>(name: string, result: T) =>
    (...given: readonly unknown[]): Promise<T> => {
      done.push(
        [name, ...given.map((one) => (one instanceof Set ? [...(one as Set<string>)].join() : String(one)))].join(' '),
      );
      return Promise.resolve(result);
    };
  return {
    images: step('images', 1),
    compositions: step('compositions', undefined),
    layers: step('layers', 2),
    seenFiles: step('seen files', undefined),
    results: step('results', undefined),
    tags: step('tags', undefined),
    feeds: step('feeds', 3),
    leftovers: step('leftovers', undefined),
  };
}

it.each([
  [true, []],
  [false, ['tags 1970-01-03T10:00:00Z']],
])('prunes images before the data that only they need (submitted ones kept: %p)', async (keepSubmitted, tags) => {
  const done: string[] = [];
  const options = { before: '1970-01-03T10:00:00Z', keepFeeds: ['a', 'b'], keepSubmitted };
  expect(await pruneInOrder(options, stepsOf(done))).toEqual({ images: 1, layers: 2, feeds: 3 });
  const days = [`images 2 ${keepSubmitted}`, 'compositions 2', 'layers 2', 'seen files 2', 'results 2'];
  expect(done).toEqual([...days, ...tags, 'feeds a,b', 'leftovers']);
});

it('deletes nothing when the time is invalid', async () => {
  const done: string[] = [];
  const refused = { code: 'invalid-input' };
  await expect(pruneInOrder({ before: 'never', keepFeeds: [] }, stepsOf(done))).rejects.toMatchObject(refused);
  expect(done).toEqual([]);
});
