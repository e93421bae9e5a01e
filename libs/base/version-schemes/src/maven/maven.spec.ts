import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { maven } from '.';
import { emptyDown, mavenKey } from './parse';

// With an empty value that leads below the release (`2.9.0.RC1`) the order of ComparableVersion is cyclic, and so are
// the cases.
describeScheme(
  maven,
  readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'),
  (version) => mavenKey(version)?.includes(emptyDown) !== true,
);
