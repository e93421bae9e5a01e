import { childText, type XmlElement } from '@clarion/file-formats/documents';

/** How often a value may refer to another property. */
const maxDepth = 10;
const longestValue = 4096;

/** The properties that a project's file defines, and what it says of the project itself. */
export class MavenProperties {
  private readonly values = new Map<string, string>();

  /** `sections` are those of the project, `parents` those of its parents in the tree, nearest first. */
  constructor(sections: ReadonlyMap<string, XmlElement>, parents: readonly ReadonlyMap<string, XmlElement>[] = []) {
    const parent = sections.get('parent');
    for (const member of ['groupId', 'artifactId', 'version']) {
      const ofParent = childText(parent, member);
      // Group and version are those of the parent where the project has none.
      this.define(member, sections.get(member)?.text.trim() ?? ofParent);
      this.define(`parent.${member}`, ofParent);
    }
    // Those of a parent count as far as the project has none of that name; of a repeated one, the last.
    for (const one of [...parents].reverse()) this.defineAll(one);
    this.defineAll(sections);
  }

  private defineAll(sections: ReadonlyMap<string, XmlElement>): void {
    for (const { name, text } of sections.get('properties')?.children ?? []) this.values.set(name, text.trim());
  }

  private define(name: string, value: string | undefined): void {
    if (value === undefined) return;
    this.values.set(`project.${name}`, value);
    this.values.set(`pom.${name}`, value);
  }

  /** A text with the values of its properties; those that are not defined here stay as they are written. */
  resolve(text: string): string {
    let resolved = text;
    for (let depth = 0; depth < maxDepth && resolved.includes('${') && resolved.length <= longestValue; depth += 1) {
      const next = resolved.replace(/\$\{([^${}]+)\}/g, (whole, name: string) => this.values.get(name) ?? whole);
      if (next === resolved) break;
      resolved = next;
    }
    return resolved.slice(0, longestValue + 1);
  }
}
