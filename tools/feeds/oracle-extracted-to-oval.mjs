// Writes errata of Oracle Linux that are available only in another schema (one JSON object per line, gzip) as OVAL XML
// in the format that Oracle publishes, for volume tests. The output is labelled SYNTHETIC: texts, keys and numbers of
// tests are made up, so it is not a reference for the upstream format.
// Usage: node tools/feeds/oracle-extracted-to-oval.mjs IN.ndjson.gz OUT.xml [ELSA…]     all errata, or those named
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import { neededArguments } from '../setup/needed-arguments.mjs';

const [input, output, ...only] = neededArguments(['IN.ndjson.gz', 'OUT.xml'], '[ELSA…]');

const linux = 'xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5#linux"';
const out = createWriteStream(output);
/** @type {Record<'tests' | 'objects' | 'states', string[]>} */
const later = { tests: [], objects: [], states: [] };

async function write(text) {
  if (!out.write(text)) await once(out, 'drain');
}

function escape(text) {
  return String(text).replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]);
}

/** Ids of one erratum: `oval:com.oracle.elsa:tst:20070057003`, numbered by first use. */
function numbering(elsa) {
  const digits = elsa.replace(/\D/g, '');
  const known = new Map();
  const counts = { tst: 0, obj: 0, ste: 0 };
  return (kind, key, make) => {
    const found = known.get(`${kind} ${key}`);
    if (found !== undefined) return found;
    counts[kind] += 1;
    const id = `oval:com.oracle.elsa:${kind}:${digits}${String(counts[kind]).padStart(3, '0')}`;
    known.set(`${kind} ${key}`, id);
    make(id);
    return id;
  };
}

function rpmObject(number, name) {
  return number('obj', name, (id) => {
    later.objects.push(
      `<rpminfo_object ${linux} id="${id}" version="501">\n<name>${escape(name)}</name>\n</rpminfo_object>\n`,
    );
  });
}

function rpmState(number, entity) {
  return number('ste', entity, (id) => {
    later.states.push(`<rpminfo_state ${linux} id="${id}" version="501">\n${entity}\n</rpminfo_state>\n`);
  });
}

function criterion(number, comment, { name, entity }) {
  const id = number('tst', comment, (test) => {
    later.tests.push(
      `<rpminfo_test id="${test}"  version="501" comment="${escape(comment)}" check="at least one" ${linux}>\n` +
        `<object object_ref="${rpmObject(number, name)}" />\n<state state_ref="${rpmState(number, entity)}" />\n` +
        `</rpminfo_test>\n`,
    );
  });
  return `<criterion test_ref="${id}" comment="${escape(comment)}"/>\n`;
}

function moduleCriterion(number, module) {
  const [name, stream] = module.split(':');
  const comment = `Module ${module} is enabled`;
  const id = number('tst', comment, (test) => {
    const object = number('obj', comment, (object) => {
      later.objects.push(
        `<ind-def:textfilecontent54_object id="${object}" version="641">\n` +
          ` <ind-def:filepath datatype="string">/etc/dnf/modules.d/${escape(name)}.module</ind-def:filepath>\n` +
          ` <ind-def:pattern operation="pattern match">\\[${escape(name)}\\][\\w\\W]*</ind-def:pattern>\n` +
          ` <ind-def:instance datatype="int">1</ind-def:instance>\n</ind-def:textfilecontent54_object>\n`,
      );
    });
    const state = number('ste', comment, (state) => {
      const text = `\\nstream\\s*=\\s*${escape(stream)}\\b[\\w\\W]*\\nstate\\s*=\\s*(enabled|1|true)`;
      later.states.push(
        `<ind-def:textfilecontent54_state id="${state}" version="641">\n` +
          ` <ind-def:text operation="pattern match">${text}</ind-def:text>\n</ind-def:textfilecontent54_state>\n`,
      );
    });
    later.tests.push(
      `<ind-def:textfilecontent54_test id="${test}"  version="501" comment="${escape(comment)}" check="all" >\n` +
        `<ind-def:object object_ref="${object}" />\n<ind-def:state state_ref="${state}" />\n` +
        `</ind-def:textfilecontent54_test>\n`,
    );
  });
  return `<criterion test_ref="${id}" comment="${escape(comment)}"/>\n`;
}

function all(...parts) {
  return `<criteria operator="AND">\n${parts.join('')}</criteria>\n`;
}

function any(parts) {
  return parts.length === 1 ? parts[0] : `<criteria operator="OR">\n${parts.join('')}</criteria>\n`;
}

/** The packages of one release: below each architecture, and below each module of it. */
function releaseCriteria(number, { ecosystem, conditions }) {
  const release = ecosystem.split(':')[1];
  const packages = conditions.flatMap(({ criteria }) => criteria.criterions.map(({ version }) => version));
  const machines = new Map();
  for (const { package: found, affected } of packages) {
    const [name, module = ''] = found.binary.name.split('::').reverse();
    for (const machine of found.binary.architectures) {
      const modules = machines.get(machine) ?? machines.set(machine, new Map()).get(machine);
      const rows = modules.get(module) ?? modules.set(module, []).get(module);
      rows.push({ name, fixed: affected.fixed[0] });
    }
  }
  const signed = '<signature_keyid operation="equals">0000000000000000</signature_keyid>';
  const row = ({ name, fixed }) =>
    all(
      criterion(number, `${name} is earlier than ${fixed}`, {
        name,
        entity: `<evr datatype="evr_string" operation="less than">${escape(fixed)}</evr>`,
      }),
      criterion(number, `${name} is signed with the Oracle Linux ${release} key`, { name, entity: signed }),
    );
  const machine = ([name, modules]) =>
    all(
      criterion(number, `Oracle Linux arch is ${name}`, {
        name: 'oraclelinux-release',
        entity: `<arch operation="pattern match">${name}</arch>`,
      }),
      any(
        [...modules].map(([module, rows]) =>
          module === '' ? any(rows.map(row)) : all(moduleCriterion(number, module), any(rows.map(row))),
        ),
      ),
    );
  const installed = criterion(number, `Oracle Linux ${release} is installed`, {
    name: 'oraclelinux-release',
    entity: `<version operation="pattern match">^${release}</version>`,
  });
  return all(installed, any([...machines].map(machine)));
}

function score({ severity = [] }) {
  return severity.map((entry) => {
    if (entry.type === 'cvss_v2') return ` cvss2="${entry.cvss_v2.base_score}/${entry.cvss_v2.vector}"`;
    const found = entry.cvss_v31 ?? entry.cvss_v30;
    return found === undefined ? '' : ` cvss3="${found.base_score}/${found.vector}"`;
  });
}

function definition({ id, advisories, vulnerabilities = [], detections }) {
  const { title, description, severity, published } = advisories[0].content;
  const site = 'https://linux.oracle.com';
  // A CVE that affects several releases occurs here once for each of them.
  const cves = [...new Map(vulnerabilities.map(({ content }) => [content.id, content])).values()];
  const reference = (cve) => `<reference source="CVE" ref_id="${cve}" ref_url="${site}/cve/${cve}.html"/>\n`;
  const scored = (cve) =>
    `<cve${score(cve).join('')} href="${site}/cve/${cve.id}.html" public="${(cve.published ?? '').slice(0, 10).replaceAll('-', '')}">${cve.id}</cve>\n`;
  const number = numbering(id);
  return (
    `<definition id="oval:com.oracle.elsa:def:${id.replace(/\D/g, '')}" version="501" class="patch">\n<metadata>\n` +
    `<title>\n${escape(title)}\n</title>\n<affected family="unix">\n` +
    detections.map(({ ecosystem }) => `<platform>Oracle Linux ${ecosystem.split(':')[1]}</platform>\n`).join('') +
    `\n</affected>\n<reference source="elsa" ref_id="${id}" ref_url="${site}/errata/${id}.html"/>\n` +
    cves.map((cve) => reference(cve.id)).join('') +
    `\n<description>\n${escape(description ?? '')}\n</description>\n<advisory>\n` +
    `<severity>${escape(severity?.[0]?.vendor ?? 'N/A')}</severity>\n<rights>Synthetic</rights>\n` +
    `<issued date="${(published ?? '').slice(0, 10)}"/>\n${cves.map(scored).join('')}\n</advisory>\n</metadata>\n` +
    `${any(detections.map((found) => releaseCriteria(number, found)))}\n</definition>\n`
  );
}

await write(
  '<?xml version="1.0" encoding="utf-8"?>\n<!-- SYNTHETIC: real errata, written in this shape by a script -->\n' +
    '<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"' +
    ' xmlns:ind-def="http://oval.mitre.org/XMLSchema/oval-definitions-5#independent">\n<definitions>\n',
);
let count = 0;
for await (const line of createInterface({
  input: createReadStream(input).pipe(createGunzip()),
  crlfDelay: Infinity,
})) {
  if (line === '' || (only.length > 0 && !only.some((id) => line.startsWith(`{"id":"${id}"`)))) continue;
  await write(definition(JSON.parse(line)));
  count += 1;
}
await write('</definitions>\n');
for (const [section, entries] of Object.entries(later)) {
  await write(`<${section}>\n`);
  for (const entry of entries) await write(entry);
  await write(`</${section}>\n`);
}
await write('</oval_definitions>\n');
out.end();
await once(out, 'finish');
console.log(`${count} errata, ${later.tests.length} tests, ${out.bytesWritten} bytes (synthetic)`);
