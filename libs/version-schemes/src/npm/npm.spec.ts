import { readFileSync } from 'node:fs';
import { describeScheme } from '../scheme-suite';
import { npm } from '.';

describeScheme(npm, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
