// What every public set offers to `millwright-models eval`: its figures under its own protocol, and every single verdict they were made of.
export type Evaluation = {
  /** One line: what is measured, and on which files of the layout. */
  readonly summary: string;
  /** It makes its own data: `--data` is not asked for, and empty. */
  readonly isSimulated?: boolean;
  run(request: EvaluationRequest): Promise<EvaluationResult>;
};

export type EvaluationRequest = {
  /** Directory in the set's layout; whatever files of it are there are judged. */
  readonly data: string;
  /** Directory to learn from, for sets whose protocol allows another one; null: the set's own split. */
  readonly train: string | null;
  /** Called with a line for a person (a file's name) as the work goes on. */
  readonly onProgress: (line: string) => void;
};

export type EvaluationResult = {
  /** Printed as one JSON document: plain JSON, figures rounded. */
  readonly report: Readonly<Record<string, unknown>>;
  /** The same for a person: a few lines. */
  readonly words: string;
  /** `--rows`: header and lines of a CSV with every verdict or estimate, enough to compute the report again. */
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly (string | number)[]>;
  /** False when a part of the data could not be judged (a file whose learning rows were refused): the exit code is 1. */
  readonly isWhole: boolean;
};

/** @returns the figure with so many digits behind the point, as a number */
export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
