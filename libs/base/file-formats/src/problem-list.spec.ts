import { byteBudget } from './byte-budget';
import { problemList } from './problem-list';

describe('a problem list', () => {
  it('keeps ten problems of a code and counts the rest', () => {
    const { note, problems } = problemList('a/b');
    note('truncated-database', 'first');
    for (let index = 0; index < 12; index++) note('bad-record', `record ${index}`);
    note('limit-reached', 'last');
    expect(problems()).toHaveLength(13);
    expect(problems()[0]).toEqual({ code: 'truncated-database', path: 'a/b', message: 'first' });
    expect(problems()[11]).toEqual({ code: 'limit-reached', path: 'a/b', message: 'last' });
    expect(problems()[12]).toEqual({ code: 'bad-record', path: 'a/b', message: '2 more problems of this kind' });
  });

  it('is empty at first', () => {
    expect(problemList('a').problems()).toEqual([]);
  });
});

describe('a byte budget', () => {
  it('lasts for as many bytes as it has', () => {
    const { take } = byteBudget(10);
    expect([take(4), take(6), take(0), take(1), take(0)]).toEqual([true, true, true, false, false]);
  });
});
