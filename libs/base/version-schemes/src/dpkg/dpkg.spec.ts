import { readFileSync } from 'node:fs';
import { describeScheme } from '../scheme-suite';
import { dpkg } from '.';

describeScheme(dpkg, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
