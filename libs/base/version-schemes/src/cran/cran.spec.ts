import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { cran } from '.';

describeScheme(cran, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
