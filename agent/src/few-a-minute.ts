// What happens at one place again and again is passed on a few times a minute. Of what is held back the last one follows when the minute is over, so that
// nobody is left with an old word on how things stand.

export type FewAMinuteOptions<T> = {
  /** At one place. */
  most: number;
  /** Real ms. */
  minuteMs: number;
  /** @param leftOut how many before this one were never told */
  tell: (one: T, leftOut: number) => void;
};

export function fewAMinute<T>({ most, minuteMs, tell }: FewAMinuteOptions<T>): (place: string, one: T) => void {
  const minutes = new Map<string, { told: number; heldBack: number; last: T | null }>();
  const begin = (place: string, first: T, leftOut: number): void => {
    const minute = { told: 1, heldBack: 0, last: null as T | null };
    minutes.set(place, minute);
    tell(first, leftOut);
    const end = (): void => {
      minutes.delete(place);
      if (minute.last !== null) begin(place, minute.last, minute.heldBack - 1);
    };
    setTimeout(end, minuteMs).unref();
  };
  return (place, one) => {
    const minute = minutes.get(place);
    if (minute === undefined) return begin(place, one, 0);
    if (minute.told < most) {
      minute.told += 1;
      return tell(one, 0);
    }
    minute.heldBack += 1;
    minute.last = one;
  };
}
