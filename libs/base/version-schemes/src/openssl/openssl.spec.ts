import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { openssl } from '.';

describeScheme(openssl, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
