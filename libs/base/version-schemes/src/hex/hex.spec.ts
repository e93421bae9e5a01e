import { readFileSync } from 'node:fs';
import { describeScheme } from '../scheme-suite';
import { hex } from '.';

describeScheme(hex, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
