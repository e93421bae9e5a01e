import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { semver } from '.';

describeScheme(semver, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
