import { ClarionError } from '@clarion/model';
import type { Command } from 'commander';

/** A command's path and what may follow it. */
interface Completions {
  readonly path: string;
  readonly words: readonly string[];
  readonly descriptions: ReadonlyMap<string, string>;
}

function optionsOf(command: Command): Map<string, string> {
  const found = new Map<string, string>();
  for (let at: Command | null = command; at !== null; at = at.parent) {
    for (const { long, description } of at.options) if (long) found.set(long, description);
  }
  return found.set('--help', 'display help for command');
}

function collect(command: Command, path: string): Completions[] {
  const descriptions = new Map(command.commands.map((sub) => [sub.name(), sub.description()]));
  for (const [name, text] of optionsOf(command)) descriptions.set(name, text);
  const here = { path, words: [...descriptions.keys()], descriptions };
  return [here, ...command.commands.flatMap((sub) => collect(sub, path === '' ? sub.name() : `${path} ${sub.name()}`))];
}

function quoted(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}

function bash(tree: readonly Completions[]): string {
  const cases = tree.map(({ path, words }) => `    ${quoted(path)}) words=${quoted(words.join(' '))} ;;`);
  return `_clarion() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) case "$path" in "") path="$word" ;; db|version) path="$path $word" ;; esac ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "$current" in -*) ;; *) COMPREPLY+=($(compgen -f -- "$current")) ;; esac
}
complete -o filenames -F _clarion clarion
`;
}

function zsh(tree: readonly Completions[]): string {
  return `#compdef clarion\nautoload -U +X bashcompinit && bashcompinit\n${bash(tree)}`;
}

function fish(tree: readonly Completions[]): string {
  const rules = tree.flatMap(({ path, descriptions }) =>
    [...descriptions].map(([word, text]) => {
      const names = path.split(' ').filter((name) => name !== '');
      const condition =
        names.length === 0
          ? '__fish_use_subcommand'
          : names.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
      return `complete -c clarion -n ${quoted(condition)} ${what} -d ${quoted(text.split('\n')[0] ?? '')}`;
    }),
  );
  return `${rules.join('\n')}\n`;
}

const shells = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

/** The completion script of `shell` for the command tree of `program`. */
export function completion(shell: string, program: Command): string {
  const write = shells.get(shell);
  if (write !== undefined) return write(collect(program, ''));
  throw new ClarionError('invalid-input', `There is no completion for the shell "${shell}"`, {
    remedy: `known: ${[...shells.keys()].join(', ')}`,
  });
}
