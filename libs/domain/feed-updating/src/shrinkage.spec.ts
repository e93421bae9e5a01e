import { shrinkage } from './shrinkage';

describe('shrinkage', () => {
  it.each([
    [{ groups: 100, statements: 1000, lostGroups: 0, lostStatements: 0 }, undefined],
    [{ groups: 100, statements: 1000, lostGroups: 20, lostStatements: 200 }, undefined],
    [{ groups: 100, statements: 1000, lostGroups: 21, lostStatements: 0 }, '21 of 100 packages'],
    [{ groups: 100, statements: 1000, lostGroups: 0, lostStatements: 201 }, '201 of 1000 advisories'],
    [{ groups: 20, statements: 20, lostGroups: 20, lostStatements: 20 }, undefined],
    [{ groups: 20, statements: 21, lostGroups: 20, lostStatements: 21 }, '21 of 21 advisories'],
    [{ groups: 21, statements: 0, lostGroups: 21, lostStatements: 0 }, '21 of 21 packages'],
    [{ groups: 0, statements: 0, lostGroups: 0, lostStatements: -500 }, undefined],
  ])('%j', (loss, expected) => {
    if (expected === undefined) expect(shrinkage(loss)).toBeUndefined();
    else expect(shrinkage(loss)).toContain(expected);
  });
});
