/** What a test looks for (object), or what must be true of it (state). */
export interface OvalItem {
  readonly id: string;
  /** Local element name: `rpminfo_state`. */
  readonly kind: string;
  readonly entities: readonly OvalEntity[];
}
export interface OvalLimits {
  readonly definitions: number;
  /** Criteria and criterion elements of the whole document. */
  readonly nodes: number;
  /** Tests, objects and states that criteria refer to, each. */
  readonly items: number;
}

/** `unsupported` is anything that this reader does not support, mainly `extend_definition`. */
export type OvalNode = OvalCriteria | OvalCriterion | { readonly kind: 'unsupported'; readonly name: string };
export interface OvalTest {
  readonly id: string;
  /** Local element name: `rpminfo_test`. Empty: a criterion names this test, and the document does not contain it. */
  readonly kind: string;
  /** The comment of the test, or of the first criterion that names it when the document does not contain the test. */
  readonly comment: string;
  readonly check: string;
  readonly checkExistence: string;
  readonly stateOperator: string;
  /** Undefined when the test names no object, or one that the document does not contain. */
  readonly object: OvalItem | undefined;
  readonly states: readonly (OvalItem | undefined)[];
}

/** One condition of an object or state: `evr` `less than` `0:1.2-3`. */
export interface OvalEntity {
  readonly name: string;
  /** `equals` unless the document has another one. */
  readonly operation: string;
  readonly value: string;
}
export interface OvalCriterion {
  readonly kind: 'criterion';
  readonly negate: boolean;
  readonly test: OvalTest;
}
export interface OvalCriteria {
  readonly kind: 'criteria';
  readonly operator: string;
  readonly negate: boolean;
  readonly children: readonly OvalNode[];
}
