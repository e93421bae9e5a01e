import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { rpm } from '.';

describeScheme(rpm, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
