import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { composer } from '.';

describeScheme(composer, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
