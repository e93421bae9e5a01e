import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { pub } from '.';

describeScheme(pub, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
