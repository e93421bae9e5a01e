import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { nuget } from '.';

describeScheme(nuget, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
