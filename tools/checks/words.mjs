// Finds words in documents and messages that are not the field's, or not plain present-day English.
// Usage: node tools/checks/words.mjs [FILE…]     Documents: prose of *.md. Messages: string literals of programs, not of specs.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(import.meta.dirname ?? fileURLToPath(new URL('.', import.meta.url)), '..', '..');

/** What to avoid, and what to write. Whole words, in any case. */
export const avoided = [
  { pattern: /\banew\b/gi, instead: 'again' },
  { pattern: /\bwho(?:m)?ever\b/gi, instead: 'the caller, the reader, …' },
  { pattern: /\b(?:un)?told\b|\btells?\b|\btelling\b/gi, instead: 'show, report, say, notify; pending' },
  { pattern: /\bwitness(?:es)?\b/gi, instead: 'check, proof' },
  { pattern: /(?<!\bthere )\b(?:is|are) none\b/gi, instead: 'is not a …' },
  { pattern: /\b(?:is|are) said to\b/gi, instead: 'comes from, should' },
  { pattern: /\bit is looked\b/gi, instead: 'checks' },
  { pattern: /\b(?:held|hold|holds) against\b|\bweighed\b/gi, instead: 'evaluate, compare with' },
  { pattern: /\bbears? on\b/gi, instead: 'affects' },
  { pattern: /\bverdicts?\b|\bjudge?ments?\b/gi, instead: 'VersionMatch, Decision, PolicyResult; result' },
  { pattern: /\bholders?\b/gi, instead: 'owner (of a lease), images with the package' },
  { pattern: /\brefusals?\b/gi, instead: 'error, rejected request' },
  { pattern: /\bnews\b/gi, instead: 'events' },
  { pattern: /\bsayings?\b|\blent\b|\bgives? back\b/gi, instead: 'what it does: borrow, release' },
  { pattern: /(?<!VEX )(?<!CSAF )\bstatements?\b/gi, instead: 'advisory (statement only for VEX)' },
  { pattern: /\bceases? to\b|\bnobody who\b|\bas it comes\b/gi, instead: 'plain English' },
];

/** Words of the table in a text: where, which, and what to write instead. */
export function wordsIn(text) {
  return avoided
    .flatMap(({ pattern, instead }) =>
      [...text.matchAll(pattern)].map((found) => ({ at: found.index, word: found[0], instead })),
    )
    .sort((a, b) => a.at - b.at);
}

/** Prose of a document: code blocks, inline code, addresses and comments are blanks of the same length. */
export function proseOf(markdown) {
  const blank = (text) => text.replace(/[^\n]/g, ' ');
  return markdown
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/`[^`\n]*`/g, blank)
    .replace(/\]\([^)\s]*\)/g, blank)
    .replace(/https?:\/\/[^\s)>]+/g, blank);
}

/** Literals of a program that people may read: those with a blank in them; everything else is as many blanks. */
export function messagesOf(file, source) {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const kept = [];
  const visit = (node) => {
    const isText =
      ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node);
    if (isText && / /.test(node.text)) kept.push([node.getStart(parsed), node.getEnd()]);
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  let text = source.replace(/[^\n]/g, ' ');
  for (const [start, end] of kept) text = text.slice(0, start) + source.slice(start, end) + text.slice(end);
  return text;
}

/** Files whose words are checked: generated ones say what their sources say. */
function isChecked(file) {
  if (/(?:^|\/)(?:testdata|generated|node_modules)\//.test(file) || /^proto\//.test(file)) return false;
  if (file.endsWith('.md')) return true;
  return (
    /\.(?:ts|mjs|cjs)$/.test(file) &&
    !/\.spec\.ts$|^libs\/testing\/|\/testing\/|^tools\/(?:corpus|bench|checks|proof)\//.test(file)
  );
}

/** Lines `FILE:LINE: "word": write … instead` for the files below `directory`. */
export function checkWords(directory, files) {
  return files.filter(isChecked).flatMap((file) => {
    const source = readFileSync(join(directory, file), 'utf8');
    const text = file.endsWith('.md') ? proseOf(source) : messagesOf(file, source);
    return wordsIn(text).map(({ at, word, instead }) => {
      const line = text.slice(0, at).split('\n').length;
      return `${file}:${line}: "${word}": write ${instead}`;
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2);
  const files =
    given.length > 0
      ? given
      : spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  const found = checkWords(resolve(root), files);
  for (const line of found) console.error(line);
  console.log(`${found.length} words to avoid in documents and messages`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
