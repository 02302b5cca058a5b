// Several layers speak about one machine; the machine has one level and one episode. In: the level of every layer. Out: who speaks, and
// whether an episode began or ended. An episode runs from the first moment any layer leaves normal until all are normal again. Pure.

export type LayerLevel = "normal" | "watch" | "warning" | "critical";
export type LayerName = "limits" | "zones" | "wear" | "novelty" | "baseline";

/** JSON; committed with the prediction. `count` only grows. */
export type EpisodeState = {
  readonly count: number;
  readonly isOpen: boolean;
  /** Layers a person has answered with a verdict: they are not heard again before they were normal once, or became worse. */
  readonly answered: Readonly<Partial<Record<LayerName, LayerLevel>>>;
  readonly level: LayerLevel;
  readonly layer: LayerName;
};

export type CombinedLayers = { state: EpisodeState; began: boolean; ended: boolean; levelChanged: boolean };

export const noEpisode: EpisodeState = { count: 0, isOpen: false, answered: {}, level: "normal", layer: "baseline" };

/** Levels from good to bad. */
export const rank: Readonly<Record<LayerLevel, number>> = { normal: 0, watch: 1, warning: 2, critical: 3 };

/**
 * One row's levels. `layers` in order of preference: on a tie the first one speaks.
 * @param isLingering while true an open episode stays open although all are normal: the decision still has its own (`output.episode` > 0), so
 *   that a fault that comes and goes is one episode with one ticket
 */
export function combineLayers(
  state: EpisodeState,
  layers: readonly { name: LayerName; level: LayerLevel }[],
  isLingering = false,
): CombinedLayers {
  let { answered } = state;
  let speaking: { name: LayerName; level: LayerLevel } = { name: "baseline", level: "normal" };
  for (const { name, level } of layers) {
    const known = answered[name];
    const isAnswered = known !== undefined && level !== "normal" && rank[level] <= rank[known];
    if (known !== undefined && !isAnswered) answered = without(answered, name);
    if (!isAnswered && rank[level] > rank[speaking.level]) speaking = { name, level };
  }
  const isOpen = speaking.level !== "normal" || (state.isOpen && isLingering);
  const began = isOpen && !state.isOpen;
  const { level, name: layer } = speaking;
  const isSame = isOpen === state.isOpen && answered === state.answered && level === state.level && layer === state.layer;
  // The same object where nothing changed: a box with 500 machines would make 500 a second that outlive their row.
  const next = isSame ? state : { count: state.count + (began ? 1 : 0), isOpen, answered, level, layer };
  return { state: next, began, ended: state.isOpen && !isOpen, levelChanged: level !== state.level };
}

const without = (answered: EpisodeState["answered"], name: LayerName): EpisodeState["answered"] =>
  Object.fromEntries(Object.entries(answered).filter(([one]) => one !== name));

/** A technician's verdict closes the episode: what a layer says now is answered, and only more than that begins another. */
export function answerEpisode(state: EpisodeState, layers: readonly { name: LayerName; level: LayerLevel }[]): EpisodeState {
  const raised = layers.filter(({ level }) => level !== "normal").map(({ name, level }) => [name, level]);
  return { ...state, isOpen: false, level: "normal", layer: "baseline", answered: Object.fromEntries(raised) };
}
