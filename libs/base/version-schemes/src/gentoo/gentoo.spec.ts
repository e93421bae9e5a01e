import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { gentoo } from '.';

describeScheme(gentoo, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
