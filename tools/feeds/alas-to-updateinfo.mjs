// Turns advisories of Amazon Linux as parsed by others (newline-delimited JSON, gzip) back into the upstream's wire form:
// lists of mirrors, repomd.xml and updateinfo.xml of every repository, and the catalogue of extras. SYNTHETIC: real
// facts in a form made here, for volume only.
//
// node tools/feeds/alas-to-updateinfo.mjs alas-updates.ndjson.gz OUTPUT_FOLDER
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { neededArguments } from '../setup/needed-arguments.mjs';

const [input, output] = neededArguments(['alas-updates.ndjson.gz', 'OUTPUT_FOLDER']);

function escape(text) {
  return String(text ?? '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '');
}

function updateXml(alas) {
  const references = (alas.References?.Reference ?? []).map(
    ({ Href, ID, Title, Type }) =>
      `<reference href="${escape(Href)}" id="${escape(ID)}" title="${escape(Title)}" type="${escape(Type)}"/>`,
  );
  const { Short, Name, Package } = alas.Pkglist.Collection;
  const packages = (Package ?? []).map(
    (one) =>
      `<package arch="${escape(one.Arch)}" epoch="${escape(one.Epoch)}" name="${escape(one.Name)}"` +
      ` release="${escape(one.Release)}" version="${escape(one.Version)}"><filename>${escape(one.Filename)}</filename></package>`,
  );
  return (
    `<update author="${escape(alas.Author)}" from="${escape(alas.From)}" status="${escape(alas.Status)}"` +
    ` type="${escape(alas.Type)}" version="${escape(alas.Version)}"><id>${escape(alas.ID)}</id>` +
    `<title>${escape(alas.Title)}</title><issued date="${escape(alas.Issued?.Date)}"/>` +
    `<updated date="${escape(alas.Updated?.Date)}"/><severity>${escape(alas.Severity)}</severity>` +
    `<description>${escape(alas.Description)}</description><references>${references.join('')}</references>` +
    `<pkglist><collection short="${escape(Short)}"><name>${escape(Name)}</name>${packages.join('')}</collection></pkglist></update>\n`
  );
}

/** `1/updates/2011` → `1/updates`, `2/extras/nginx1/2023` → `2/extras/nginx1`. */
const repositoryOf = (path) => path.split('/').slice(0, -1).join('/');

function addressesOf(repository, architecture) {
  const [release, ...rest] = repository.split('/');
  if (release === '1') {
    return {
      list: `al1/2018.03/updates/${architecture}/mirror.list`,
      url: `http://packages.us-west-2.amazonaws.com/2018.03/updates/0000/${architecture}/`,
      mirror: `al1-packages/2018.03/updates/0000/${architecture}`,
    };
  }
  const [base, list] =
    release === '2' ? [`2/${rest.join('/')}`, 'latest'] : [`al${release}/${rest.join('/')}`, 'mirrors/latest'];
  const mirror = `${base}/0000/${architecture}`;
  return { list: `${base}/${list}/${architecture}/mirror.list`, url: `https://cdn.amazonlinux.com/${mirror}`, mirror };
}

function write(name, content) {
  const file = path.join(output, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const repositories = new Map();
const lines = createInterface({ input: createReadStream(input).pipe(createGunzip()), crlfDelay: Infinity });
for await (const line of lines) {
  const alas = JSON.parse(line);
  const repository = repositoryOf(alas._path);
  if (!repositories.has(repository)) repositories.set(repository, []);
  repositories.get(repository).push(updateXml(alas));
}

for (const [repository, updates] of repositories) {
  for (const architecture of repository.startsWith('1/') ? ['x86_64'] : ['x86_64', 'aarch64']) {
    const { list, url, mirror } = addressesOf(repository, architecture);
    const updateinfo = `<?xml version="1.0" ?>\n<!-- synthetic -->\n<updates>${updates.join('')}</updates>\n`;
    const digest = createHash('sha256').update(updateinfo).digest('hex');
    write(list, `${url}\n`);
    write(`${mirror}/repodata/updateinfo.xml`, updateinfo);
    write(
      `${mirror}/repodata/repomd.xml`,
      `<?xml version="1.0" encoding="UTF-8"?>\n<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>` +
        `<data type="updateinfo"><open-checksum type="sha256">${digest}</open-checksum>` +
        `<location href="repodata/updateinfo.xml"/></data></repomd>\n`,
    );
  }
}
const topics = [...repositories.keys()].flatMap((name) => /^2\/extras\/(.+)$/.exec(name)?.[1] ?? []);
write('2/extras-catalog.json', `${JSON.stringify({ version: 1, topics: topics.map((n) => ({ n })) })}\n`);
console.log(`${repositories.size} repositories`);
