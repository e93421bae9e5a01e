import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { apk } from '.';

describeScheme(apk, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
