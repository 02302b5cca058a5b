// Scores rows of one detector in plain arithmetic: what its bundle's graph says (onnx/write-graph.ts), without a runtime. In: features of a row.
// Out: the score and every point's part of it. A row leaves no garbage. Residuals are measured so that the diagonal of every precision is 1: a point's
// part of a channel is then the square of its gradient (Alcala & Qin, Automatica 45 (2009), 1593–1600).
import type { DetectorTables } from "./detector-tables.ts";
import { jacobiSteps } from "./distance.ts";
import { channelNames } from "./weights.ts";

const [slow, level, chart] = [channelNames.indexOf("slow"), channelNames.indexOf("level"), channelNames.length];
const layers = chart + 1;
/** Of each point: three of fast, three of slow, three of its re-centring, one of level, two of the chart; indices into `featureKinds`. */
const terms = [0, 1, 2, 3, 4, 5, 6, 7, 8, 3, 3, 6] as const;

type Workspace = { readonly residual: Float64Array; readonly gradient: Float64Array; readonly hidden: Int32Array };

// One for all scorers of as many points: a row needs it from its beginning to its end, and what 500 machines share stays in the processor's cache.
const workspaces = new Map<number, Workspace>();

function workspaceOf(points: number): Workspace {
  const known = workspaces.get(points);
  if (known !== undefined) return known;
  const [residual, gradient] = [new Float64Array(layers * points), new Float64Array(layers * points)];
  const workspace = { residual, gradient, hidden: new Int32Array(points) };
  workspaces.set(points, workspace);
  return workspace;
}

export class DetectorScorer {
  readonly points: number;
  readonly #mean: Float32Array;
  readonly #monitored: Float32Array;
  /** [P, terms] */
  readonly #coefficient: Float64Array;
  /** [P] */
  readonly #bound: Float64Array;
  /** [channel, P, P] */
  readonly #precision: Float32Array;
  /** [layer, P], of the row at hand; `#hidden`: points it does not show, as many as the scorer is asked to leave out. */
  readonly #residual: Float64Array;
  readonly #gradient: Float64Array;
  readonly #hidden: Int32Array;
  #hiding = 0;

  constructor({ mean, combine, bound, monitored, precision, inverse }: DetectorTables) {
    const points = mean.length;
    const size = (layer: number, p: number): number => 1 / Math.sqrt(inverse[layer * points + p] as number);
    const coefficient = (layer: number, sum: 0 | 1, column: number, p: number): number =>
      (combine[((2 * layer + sum) * 3 + column) * points + p] as number) * size(layer, p);
    this.points = points;
    this.#mean = mean;
    this.#monitored = monitored;
    this.#coefficient = Float64Array.from({ length: terms.length * points }, (_, i) => {
      const [p, term] = [Math.floor(i / terms.length), i % terms.length];
      if (term < 6) return coefficient(Math.floor(term / 3), 0, term % 3, p);
      if (term < 9) return coefficient(slow, 1, term % 3, p);
      return term === 9 ? coefficient(level, 0, 0, p) : coefficient(chart, term === 10 ? 0 : 1, 0, p);
    });
    this.#bound = Float64Array.from(mean, (_, p) => (bound[(2 * slow + 1) * points + p] as number) * size(slow, p));
    this.#precision = precision.slice(0, chart * points * points).map((value, i) => {
      const [channel, to, from] = [Math.floor(i / points ** 2), Math.floor(i / points) % points, i % points];
      return value / (size(channel, to) * size(channel, from));
    });
    const { residual, gradient, hidden } = workspaceOf(points);
    this.#residual = residual;
    this.#gradient = gradient;
    this.#hidden = hidden;
  }

  /**
   * @param features F = 9 × P, in the order of `featureKinds`; a hidden point is NaN in all its columns
   * @param parts [P], written: each point's part of the score, by the channel or the chart that is furthest out
   * @returns the score, ≥ 0, 1 = the watch limit; NaN or infinite where the features are no figures
   */
  score(features: Float32Array, parts: Float32Array): number {
    const { points } = this;
    this.#residuals(features);
    let lead: number = chart;
    let most = 0;
    for (let p = 0; p < points; p += 1) most = Math.max(most, (this.#residual[chart * points + p] as number) ** 2);
    for (let channel = 0; channel < chart; channel += 1) {
      this.#fillHidden(channel);
      const squared = this.#multiply(channel);
      // Not a figure is told, never passed over.
      if (squared > most || Number.isNaN(squared)) [lead, most] = [channel, squared];
    }
    const score = Math.sqrt(most);
    this.#partsOf(lead, score, parts);
    return score;
  }

  #residuals(features: Float32Array): void {
    const { points } = this;
    const residual = this.#residual;
    this.#hiding = 0;
    for (let p = 0; p < points; p += 1) {
      if (Number.isNaN(features[p])) {
        for (let layer = 0; layer < layers; layer += 1) residual[layer * points + p] = 0;
        if (this.#monitored[p] === 1) this.#hidden[this.#hiding++] = p;
        continue;
      }
      const bound = this.#bound[p] as number;
      const recentring = this.#sum(features, p, 6, 3);
      residual[p] = this.#sum(features, p, 0, 3);
      residual[slow * points + p] = this.#sum(features, p, 3, 3) + Math.min(bound, Math.max(-bound, recentring));
      residual[level * points + p] = this.#sum(features, p, 9, 1);
      residual[chart * points + p] = this.#sum(features, p, 10, 2);
    }
  }

  /** Of point p: so many products of a coefficient and a column, from a term on. */
  #sum(features: Float32Array, p: number, from: number, count: number): number {
    const usual = this.#mean[p] as number;
    let sum = 0;
    for (let term = from; term < from + count; term += 1)
      sum +=
        (this.#coefficient[p * terms.length + term] as number) * ((features[(terms[term] as number) * this.points + p] as number) - usual);
    return sum;
  }

  /** Residuals of hidden points become what the visible ones make most likely (distance.ts). */
  #fillHidden(channel: number): void {
    const [from, hiding] = [channel * this.points, this.#hiding];
    for (let step = 0; step < (hiding === 0 ? 0 : jacobiSteps); step += 1) {
      for (let n = 0; n < hiding; n += 1) {
        const p = this.#hidden[n] as number;
        this.#gradient[from + p] = this.#product(from, p);
      }
      for (let n = 0; n < hiding; n += 1) {
        const at = from + (this.#hidden[n] as number);
        this.#residual[at] = (this.#residual[at] as number) - (this.#gradient[at] as number) / hiding;
      }
    }
  }

  /** Every gradient of the channel. @returns the square of its distance, by which the residuals are one */
  #multiply(channel: number): number {
    const from = channel * this.points;
    let squared = 0;
    for (let p = 0; p < this.points; p += 1) {
      const gradient = this.#product(from, p);
      this.#gradient[from + p] = gradient;
      squared += gradient * (this.#residual[from + p] as number);
    }
    return squared;
  }

  /** A point's row of the precision, times the residuals. @param from where the channel's residuals begin */
  #product(from: number, p: number): number {
    const { points } = this;
    const [precision, residual, row] = [this.#precision, this.#residual, (from + p) * points];
    let sum = 0;
    for (let j = 0; j < points; j += 1) sum += (precision[row + j] as number) * (residual[from + j] as number);
    return sum;
  }

  #partsOf(layer: number, score: number, parts: Float32Array): void {
    const from = layer * this.points;
    const gradient = layer === chart ? this.#residual : this.#gradient;
    // What a hidden point was filled with is nobody's fault.
    for (let n = 0; n < this.#hiding; n += 1) gradient[from + (this.#hidden[n] as number)] = 0;
    let total = 0;
    for (let p = 0; p < this.points; p += 1) total += (gradient[from + p] as number) ** 2;
    const share = total === 0 ? 0 : score / total;
    for (let p = 0; p < this.points; p += 1) parts[p] = share * (gradient[from + p] as number) ** 2;
  }
}
