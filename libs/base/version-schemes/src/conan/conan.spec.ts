import { readFileSync } from 'node:fs';
import { describeScheme } from '../../testing/scheme-suite';
import { conan } from '.';

describeScheme(conan, readFileSync(`${__dirname}/testdata/cases.txt`, 'utf8'));
