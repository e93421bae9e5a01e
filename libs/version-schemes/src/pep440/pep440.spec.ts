import { readFileSync } from 'node:fs';
import { describeScheme } from '../scheme-suite';
import { pep440 } from '.';

describeScheme(pep440, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
