import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { alpm } from '.';
import { alpmKey } from './parse';

// A version without release equals those with any: the order can only be total among versions with a release.
describeScheme(
  alpm,
  readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'),
  (version) => alpmKey(version)?.release !== undefined,
);
