import { countedTogether } from './refresh-counts';

/** The groups for compositions with these package counts, as the counts of their members. */
async function groupsOf(sizes: readonly (number | undefined)[]): Promise<readonly (readonly (number | undefined)[])[]> {
  const store = {
    composition: (id: string) => {
      const packages = sizes[Number(id)];
      const known = { id, namespaces: [], channels: [], evidence: [] };
      return Promise.resolve(packages === undefined ? known : { ...known, packages });
    },
  };
  const groups: (readonly (number | undefined)[])[] = [];
  for await (const group of countedTogether(Object.keys(sizes), store))
    groups.push(group.map((id) => sizes[Number(id)]));
  return groups;
}

describe('countedTogether', () => {
  it.each([
    { title: 'nothing', sizes: [], groups: [] },
    { title: 'small ones, sixteen at a time', sizes: Array<number>(20).fill(400), groups: [16, 4] },
    { title: 'no more packages than fit into memory', sizes: [9000, 9000, 9000, 100], groups: [2, 2] },
    { title: 'a large one alone', sizes: [400, 90_000, 400, 400], groups: [1, 1, 2] },
    { title: 'one of unknown size alone', sizes: [400, undefined, 400], groups: [1, 1, 1] },
  ])('$title', async ({ sizes, groups }) => {
    const found = await groupsOf(sizes);
    expect(found.map(({ length }) => length)).toEqual(groups);
    expect(found.flat()).toEqual(sizes);
  });
});
