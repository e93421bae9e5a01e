import { majorLine } from './major-line';

test.each([
  ['4.17.1', '4'],
  ['v4.0.0-rc.1', '4'],
  ['04.1', '4'],
  ['0.2.3', '0'],
  ['v0.0.0-20190308221718-c2843e01d9a2', '0'],
  ['1!2.0', '1!2'],
  ['0!2.0', '2'],
  ['31.1-jre', '31'],
  ['20231013', '20231013'],
  ['(devel)', undefined],
  ['dev-master', undefined],
  ['', undefined],
])('the major line of %j is %j', (version, expected) => {
  expect(majorLine(version)).toBe(expected);
});
