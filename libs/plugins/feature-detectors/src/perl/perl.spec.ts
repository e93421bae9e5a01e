import type { WantedFile } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { parseInstallations } from './parse';

const base = 'usr/local/lib/perl5/site_perl/5.38.2/x86_64-linux-gnu';
const log = 'usr/local/lib/perl5/5.38.2/x86_64-linux-gnu/perllocal.pod';

function file(path: string, content: unknown): WantedFile {
  return { path, content: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)) };
}

const list = (module: string, at = base): WantedFile => file(`${at}/auto/${module}/.packlist`, '/x.pm\n');

const entry = (module: string, version: string): string =>
  `=head2 Tue Mar  5 10:00:00 2024: C<Module> L<${module}|${module}>\n\n=over 4\n\n=item *\n\nC<VERSION: ${version}>\n\n=back\n\n`;

const install = (dist: string, modules: readonly string[] = [], at = base): WantedFile =>
  file(`${at}/.meta/${dist}/install.json`, {
    name: modules[0],
    dist,
    version: 1.1,
    pathname: `A/AB/ABC/${dist}.tar.gz`,
    provides: Object.fromEntries(modules.map((module) => [module, { file: 'x.pm' }])),
  });

const meta = (dist: string, content: object): WantedFile => file(`${base}/.meta/${dist}/MYMETA.json`, content);

function found(...files: readonly WantedFile[]): readonly string[] {
  const { features, problems } = parseInstallations(files, testBudget());
  return [
    ...features.map(({ name, version, license, confidence, path }) =>
      [name, version, license, confidence, path.replace(/.*\//, '')].filter(Boolean).join(' '),
    ),
    ...problems.map(({ code }) => code),
  ];
}

describe('perl reads', () => {
  it.each<[what: string, files: readonly WantedFile[], packages: readonly string[]]>([
    [
      'a list of files and a log',
      [list('Own/Sample'), file(log, entry('Own::Sample', '1.02'))],
      ['Own-Sample 1.02 inferred .packlist'],
    ],
    [
      'the last entry of a log',
      [list('Own'), file(log, entry('Own', '1.02') + entry('Other', '7') + entry('Own', '1.10'))],
      ['Own 1.10 inferred .packlist'],
    ],
    [
      'a distribution with another name',
      [list('LWP'), file(log, entry('LWP', '6.77'))],
      ['libwww-perl 6.77 inferred .packlist'],
    ],
    ['no entry for a module that was removed', [file(log, entry('Own', '1.02'))], []],
    ['no version beside a list', [list('Own')], ['bad-record']],
    ['a list of another module', [list('Own'), file(log, entry('Other', '1'))], ['bad-record']],
    ['records of cpanm', [install('Own-Sample-1.10', ['Own::Sample'])], ['Own-Sample 1.10 install.json']],
    [
      'records of cpanm with a licence',
      [install('Own-1.10'), meta('Own-1.10', { name: 'Own', version: '1.10', license: ['perl_5', 'mit'] })],
      ['Own 1.10 Artistic-1.0-Perl OR GPL-1.0-or-later OR MIT install.json'],
    ],
    [
      'metadata alone',
      [meta('Own-1.10', { name: 'Own::Sample', version: '1.10', license: ['unknown'] })],
      ['Own-Sample 1.10 MYMETA.json'],
    ],
    [
      'records and a list that belong together by the name',
      [list('Own/Sample'), install('Own-Sample-1.10'), file(log, entry('Own::Sample', '1.1'))],
      ['Own-Sample 1.10 .packlist'],
    ],
    [
      'records and a list that belong together by a module',
      [list('LWP'), install('libwww-perl-6.77', ['LWP::UserAgent', 'LWP'])],
      ['libwww-perl 6.77 .packlist'],
    ],
    [
      'the release that was installed last, by the log',
      [list('Own'), install('Own-1.10'), install('Own-1.9'), file(log, entry('Own', '1.10') + entry('Own', '1.9'))],
      ['Own 1.9 .packlist'],
    ],
    [
      'the newest release without a log',
      [list('Own'), install('Own-1.10'), install('Own-1.9')],
      ['Own 1.10 .packlist'],
    ],
    [
      'two libraries with the same distribution',
      [list('Own'), install('Own-1.10'), list('Own', 'app/local/x'), install('Own-1.9', [], 'app/local/x')],
      ['Own 1.10 .packlist', 'Own 1.9 .packlist'],
    ],
    ['a version with a v', [install('Own-Sample-v1.2.3')], ['Own-Sample v1.2.3 install.json']],
    ['a trial release', [install('Own-1.02-TRIAL')], ['Own 1.02-TRIAL install.json']],
    ['a name with numbers', [install('Own-2-Sample-1.02')], ['Own-2-Sample 1.02 install.json']],
    ['a record without a version', [install('Own')], ['bad-record']],
    ['half a record', [file(`${base}/.meta/Own-1/install.json`, '{"dist":')], ['unreadable-database']],
    ['a record that is not an object', [file(`${base}/.meta/Own-1/install.json`, '[]')], ['unreadable-database']],
    ['a log without names', [list('Own'), file(log, '=head2\nC<VERSION: 1>\n'.repeat(3))], ['bad-record']],
  ])('%s', (_, files, packages) => {
    expect(found(...files)).toEqual(packages);
  });

  it('at most as many problems as a layer may have', () => {
    const files = Array.from({ length: 5000 }, (_, number) => list(`Own${number}`));
    const { features, problems } = parseInstallations(files, testBudget());
    expect([features.length, problems.length, problems.at(-1)?.code]).toEqual([0, 1001, 'limit-reached']);
  });

  it('thousands of lists and records of one module within its steps', () => {
    const files = Array.from({ length: 5000 }, (_, number) => [
      list('Own', `x/${number}`),
      install(`Own-${number}`, ['Own'], `x/${number}`),
    ]).flat();
    const budget = testBudget();
    parseInstallations(files, budget);
    expect(budget.problem()?.code).toBe('limit-reached');
  });
});
