import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { hex } from '.';

describeScheme(hex, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
