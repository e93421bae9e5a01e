import { describeDetectorsOff } from './detectors-off';

test.each([
  [['ruby'], 'ruby is off: use --enable-detectors ruby, or take it out of --disable-detectors'],
  [['lock-files'], 'lock-files is off: use --lock-files, or take it out of --disable-detectors'],
  [
    ['lock-files', 'node', 'yarn-pnp'],
    'lock-files, node, yarn-pnp are off: use --lock-files --enable-detectors node,yarn-pnp, or take them out of --disable-detectors',
  ],
])('names the options that switch them on: %j', (ids, text) => {
  expect(describeDetectorsOff(ids)).toBe(text);
});
