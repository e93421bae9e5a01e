import type { BuiltSection } from '@clarion/test-kit';

interface BuiltInfo {
  readonly version: string;
  readonly modules: string;
}

const magic = '\xff Go buildinf:';

/** The marks around the lines of modules. */
function marked(modules: string): string {
  return modules === '' ? '' : `${'\x30'.repeat(16)}${modules}${'\xf9'.repeat(16)}`;
}

function counted(text: string): string {
  let length = '';
  let rest = text.length;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) length += String.fromCharCode(0x80 | (rest & 0x7f));
  return length + String.fromCharCode(rest) + text;
}

/** Build information as Go writes it since 1.18. */
export function inlineGoInfo({ version, modules }: BuiltInfo): string {
  return `${magic}\x08\x02${'\0'.repeat(16)}${counted(version)}${counted(marked(modules))}`;
}

/**
 * Build information as Go wrote it before 1.18, in the first of three sections at the addresses 0x1000, 0x2000 and
 * 0x3000: pointers to pointers to texts.
 */
export function pointedGoInfo(
  { version, modules }: BuiltInfo,
  { bits, bigEndian }: { readonly bits: 32 | 64; readonly bigEndian: boolean },
): readonly BuiltSection[] {
  const word = (value: number): string => {
    const bytes = Buffer.alloc(bits / 8);
    if (bigEndian) bytes.writeUInt32BE(value, bytes.length - 4);
    else bytes.writeUInt32LE(value);
    return bytes.toString('latin1');
  };
  const lines = marked(modules);
  const header = `${magic}${String.fromCharCode(bits / 8, bigEndian ? 1 : 0)}${word(0x2000)}${word(0x2000 + bits / 4)}`;
  const data = word(0x3000) + word(version.length) + word(0x3000 + version.length) + word(lines.length);
  return [
    { name: '.go.buildinfo', content: header.padEnd(32, '\0') },
    { name: '.data', content: data },
    { name: '.rodata', content: version + lines },
  ];
}
