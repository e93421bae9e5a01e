import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { go } from '.';

describeScheme(go, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
