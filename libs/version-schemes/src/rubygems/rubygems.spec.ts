import { readFileSync } from 'node:fs';
import { describeScheme } from '../scheme-suite';
import { rubygems } from '.';

describeScheme(rubygems, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
