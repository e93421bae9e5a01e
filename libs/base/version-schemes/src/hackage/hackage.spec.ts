import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { hackage } from '.';

describeScheme(hackage, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
