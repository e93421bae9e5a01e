import { readFileSync } from 'node:fs';
import { describeScheme } from '../scheme-suite';
import { composer } from '.';

describeScheme(composer, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
