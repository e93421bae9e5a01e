// Writes docs/feeds.md from the program's own list of feeds, so that it is never out of date.
// Usage: node tools/docs/feeds-reference.mjs [--check]     --check exits with 1 if it is out of date
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBundle, ensureDependencies, root } from '../setup/ensure.mjs';

ensureDependencies();
const { format, resolveConfig } = await import('prettier');
const cli = await ensureBundle('cli');

function clarion(...args) {
  const done = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } });
  if (done.status !== 0) throw new Error(`clarion ${args.join(' ')} failed: ${done.stderr}`);
  return done.stdout;
}

const feeds = JSON.parse(clarion('feeds', '--format', 'json'));
const rows = feeds.map(({ id, title, namespaces, baseUrl, enabled }) =>
  [
    `\`${id}\`${enabled === false ? ' (off)' : ''}`,
    title,
    namespaces || 'describes vulnerabilities',
    `<${baseUrl}>`,
  ].join(' | '),
);
/** Each namespace once, with the feeds that are enabled by default. */
const on = feeds.filter(({ enabled, role }) => enabled && role !== 'own-data');
const list = (some) => some.map(({ id, rates }) => `\`${id}\`${rates ? '' : ' (no severities)'}`).join(', ');
const speaking = on.filter(({ namespaces }) => namespaces !== '');
const namespaces = [...new Set(speaking.flatMap((feed) => feed.namespaces.split(' ')))].sort();
const parts = namespaces.map((namespace) => [
  namespace,
  list(speaking.filter((feed) => feed.namespaces.split(' ').includes(namespace))),
]);
const severities = list(on.filter(({ role }) => role === 'severities'));
const scores = on
  .filter(({ role }) => role === 'scores')
  .map(({ id }) => `\`${id}\``)
  .join(', ');
const text = `# Feeds

Made by \`node tools/docs/feeds-reference.mjs\` from the program's own list; do not edit. What each reads, and what it leaves out,
is in the readme of its folder below \`libs/plugins/feed-sources/src\`. How to switch feeds on and off, move them to a mirror, or add
your own: [own-data.md](own-data.md). Machines without network: [air-gapped.md](air-gapped.md).

| feed | what | about | production address |
| --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}

## Which feeds take part in a report

It follows from configuration and the distribution of the image alone, never from what the store happens to hold. Each
feed says itself what it is about and whether it rates vulnerabilities; a feed outside of this table, and one that is
off, decides nothing: no finding and no severity. \`clarion scan\` fetches exactly these, own data of this configuration
included, and the report names each in \`coverage.feeds\` with its role, its age and a \`revision\` that is the same for
the same data.

| namespace | advisories (own severities first) | severities of what they do not rate | scores |
| --- | --- | --- | --- |
${parts.map(([namespace, ids]) => `| ${namespace} | ${ids} | ${severities} | ${scores} |`).join('\n')}

- Without the **advisories** there is no report (exit code 4). CentOS is matched with those of RHEL, Leap 15.3 and later with
  those of SUSE Linux Enterprise too.
- **Severities** of NVD are part of every report: Debian leaves most of its flaws unrated, Alpine all of them. Their first
  load is some 200 MB and half a minute of computing; later scans ask for what changed, every two hours. Machines that
  start from nothing each time should keep the data directory, or import a bundle ([air-gapped.md](air-gapped.md)).
  \`feeds: {disable: [nvd]}\` does without, in every scan alike. A gate by severity (\`--fail-on\`) that meets findings
  nobody has rated ends with 4 while these severities were never loaded, are stale or are switched off, or while the year
  of NVD that would rate them was never there, and names what helps; \`--allow-unrated\` lets such findings pass. So they do, and are counted, when NVD is there and does not rate them.
- **Scores** only add what is known of exploitation. Where they were never loaded, or are stale, the report says so; where \`feeds.disable\` names them, they are missing from \`coverage.feeds\`, and \`knownExploited: null\` and \`epss: null\` mean "not known".

A feed that a scan cannot reach is used as it was, with a warning.

## The level and the counts of a feed

\`clarion feeds\`, \`clarion db status\` and \`GET /feeds\` give each feed a level:

| level | meaning |
| --- | --- |
| \`ok\` | the last update succeeded |
| \`partial\` | it succeeded, but documents are missing (see below) |
| \`waiting\` | no update was tried yet |
| \`warning\` | the last update failed; the facts of the last success are used |
| \`error\` | no update has succeeded for a day, or for four intervals if that is longer; or the last success is in the future |
| \`off\` | the feed is disabled |

\`advisories\` counts what is stored about packages. \`records\` counts facts of any kind in the documents of the feed, descriptions and scores too. The metric
\`clarion_feed_records\` counts what is stored: advisories, descriptions and scores.

## When a feed shrinks or comes back empty

A document that is not what the upstream publishes (\`{}\`, an empty list, a page of HTML, a file cut short) is an error: the
last good facts stay, and \`clarion db status\`, the API and the metrics show since when. So is an update that would lose
more than a fifth of a feed's packages, advisories or descriptions at once: it is held. Where the loss is right, accept it:

\`\`\`sh
clarion update cisa-kev --force                                # the command line
curl -X POST …/api/v1/feeds/cisa-kev/update?force=true         # serve and the services
\`\`\`

## When documents are missing

A mirror may hold a part of a feed. The feed is then \`partial\`, and everything that reports it does so in these words: *suse is
partial: 1 document is not there (csaf-vex.tar.bz2); run clarion update suse with a mirror that has it*. What follows for a report
depends on what the document would say:

| feed           | missing                                            | covers                               | a report about it                                                       |
| -------------- | -------------------------------------------------- | ------------------------------------ | ----------------------------------------------------------------------- |
| \`suse\`         | \`csaf-vex.tar.bz2\`                                 | flaws without a fix, of all releases | is incomplete: exit code 3                                              |
| \`alpine-secdb\` | \`main.json\`, \`community.json\` (3.3 and later)      | the packages of that release         | is incomplete: exit code 3                                              |
| \`alpine-secdb\` | \`rejections/…\`                                     | what does not concern Alpine         | is complete, and may have findings too many                             |
| \`amazon-linux\` | a core of one architecture                         | packages of that architecture        | is incomplete: exit code 3                                              |
| \`amazon-linux\` | \`2/extras-catalog.json\`                            | all topics of Amazon Linux 2         | is incomplete: exit code 3                                              |
| \`amazon-linux\` | a topic; \`nvidia\`, \`kernel-livepatch\` of 2023      | packages from that repository        | is incomplete where packages may be from there                          |
| \`almalinux\` | the errata of a major | that release | lists it as not covered: exit code 3 |
| \`azure-linux\` | the OVAL of a release | that release | lists it as not covered: exit code 3 |
| \`redhat-vex\` | \`changes.csv\` | all since the archive was made | is incomplete: exit code 3 |
| \`redhat-vex\` | \`deletions.csv\` | what was withdrawn | is complete, and may have findings too many |
| \`redhat-vex\` | a document of \`changes.csv\` | one flaw | is incomplete: exit code 3 |
| \`redhat-security-data\` | a page of the list, a CVE of it | flaws of all releases | is incomplete: exit code 3 |
| \`nvd\`          | years                                              | severities of the flaws of a year    | is complete; a gate by severity ends with 4 where nobody else rates one |

A namespace that needs such a document is *only partly covered*: \`coverage.namespaces[].partial\` of the report names feed,
documents and reason, \`coverage.complete\` is false, and \`--allow-incomplete\` accepts it. Documents about other releases,
repositories and architectures do not count. \`coverage.feeds[].missing\` lists all that a feed lacks. What was never published is not
missing: Alpine had no \`community\` before 3.3, and a topic of Amazon Linux may be there for one architecture only. Of all other feeds
every document is needed: where one is not there, the update fails and says so.

What was read once and is gone later keeps its facts. Where other documents of the feed still speak of its releases, that is a
failure of each update, and the data counts as stale after a while (exit code 4); a release that vanishes whole has reached the
end of its support.

## Layout of a mirror

One folder a feed, as \`clarion update --from DIRECTORY\` and \`scan --feeds-dir DIRECTORY\` read it:

\`\`\`text
${clarion('feeds', '--layout').trim()}
\`\`\`
`;
const path = join(root, 'docs', 'feeds.md');
const pretty = await format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(path, pretty);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== pretty) {
  console.error('docs/feeds.md is out of date: run node tools/docs/feeds-reference.mjs');
  process.exit(1);
}
