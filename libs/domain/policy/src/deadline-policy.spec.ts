import { parseDeadlines } from './deadline-policy';

const day = 24 * 3_600_000;

test.each([
  ['', []],
  [' , ', []],
  ['High=30d', [{ text: 'High=30d', severity: 'High', within: 30 * day }]],
  ['critical + FIX = 2w', [{ text: 'critical + FIX = 2w', severity: 'Critical', fix: true, within: 14 * day }]],
  ['exploited=catalogue', [{ text: 'exploited=catalogue', exploited: true, within: 'catalogue' }]],
  [
    'exploited=3d,any=90d',
    [
      { text: 'exploited=3d', exploited: true, within: 3 * day },
      { text: 'any=90d', within: 90 * day },
    ],
  ],
])('%p', (text, rules) => {
  expect(parseDeadlines(text)).toEqual(rules);
});

test.each([
  ['High', '"High" is not a rule'],
  ['High=3d=4d', 'is not a rule'],
  ['Severe=3d', 'there is no condition "Severe"'],
  ['High=3', '"3" is not a time'],
  ['High=9999w', '"9999w" is not a time'],
  ['High=-3d', '"-3d" is not a time'],
  ['High=catalogue', 'it needs "exploited"'],
  ['High+Critical=3d', 'a finding has one severity'],
  ['any=30d, High=5d', '"High=5d" never applies: "any=30d" stands before it'],
  ['High=30d, exploited+high=5d', 'never applies'],
  ['fix=30d, fix=5d', 'never applies'],
  [Array.from({ length: 51 }, () => 'any=1d').join(), 'more than 50 rules'],
  [`${'x'.repeat(1000)}=3d`, `there is no condition "${'x'.repeat(60)}"`],
])('rejects %p', (text, message) => {
  expect(() => parseDeadlines(text)).toThrow(message);
});
