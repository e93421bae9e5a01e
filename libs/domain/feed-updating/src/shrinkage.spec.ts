import { shrinkage } from './shrinkage';

describe('shrinkage', () => {
  it.each([
    [{ groups: 100, advisories: 1000, lostGroups: 0, lostAdvisories: 0 }, undefined],
    [{ groups: 100, advisories: 1000, lostGroups: 20, lostAdvisories: 200 }, undefined],
    [{ groups: 100, advisories: 1000, lostGroups: 21, lostAdvisories: 0 }, '21 of 100 packages'],
    [{ groups: 100, advisories: 1000, lostGroups: 0, lostAdvisories: 201 }, '201 of 1000 advisories'],
    [{ groups: 20, advisories: 20, lostGroups: 20, lostAdvisories: 20 }, undefined],
    [{ groups: 20, advisories: 21, lostGroups: 20, lostAdvisories: 21 }, '21 of 21 advisories'],
    [{ groups: 21, advisories: 0, lostGroups: 21, lostAdvisories: 0 }, '21 of 21 packages'],
    [{ groups: 0, advisories: 0, lostGroups: 0, lostAdvisories: -500 }, undefined],
  ])('%j', (loss, expected) => {
    if (expected === undefined) expect(shrinkage(loss)).toBeUndefined();
    else expect(shrinkage(loss)).toContain(expected);
  });
});
