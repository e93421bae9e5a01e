import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { dpkg } from '.';

describeScheme(dpkg, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
