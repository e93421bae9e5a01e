import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DetectedFacts } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { parseHistories } from './parse';

const history = (name: string, file: string) => ({
  path: file,
  content: readFileSync(path.join(__dirname, 'testdata', name, file)),
});
const dnf4 = history('rhel-9', 'var/lib/dnf/history.sqlite');
const dnf5 = history('fedora-42', 'usr/lib/sysimage/libdnf5/transaction_history.sqlite');

function repositoriesIn({ evidence = [] }: DetectedFacts): readonly string[] {
  return evidence.map((one) => `${one.package ?? ''} ${one.value}`).sort();
}

describe('dnf history', () => {
  it('returns the repository of the last transaction that installed a package, not of its removal', () => {
    expect(repositoriesIn(parseHistories([dnf4], testBudget()))).toEqual([
      'bash-5.1.8-9.el9.x86_64 rhel-9-for-x86_64-baseos-rpms',
      'httpd-2.4.57-8.el9.x86_64 rhel-9-for-x86_64-appstream-rpms',
      'openssl-libs-3.0.7-27.el9.x86_64 rhel-9-for-x86_64-appstream-rpms',
    ]);
  });

  it('reads the history of dnf 5 as well', () => {
    const both = parseHistories([dnf4, dnf5], testBudget());
    expect(repositoriesIn(both)).toHaveLength(5);
    expect(repositoriesIn(both)).toEqual(expect.arrayContaining(['curl-8.11.1-4.fc42.x86_64 updates']));
    expect(both.problems).toEqual([]);
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['cut off', dnf4.content.subarray(0, 2000)],
    ['of another kind', dnf5.content],
    ['no database', Buffer.from('x'.repeat(5000))],
  ])('reports a history that is %s', (_, content) => {
    const { problems = [] } = parseHistories([{ path: dnf4.path, content }], testBudget());
    expect(problems.length).toBeGreaterThan(0);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['unreadable-evidence']));
  });
});
