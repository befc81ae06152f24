// The order of the queue never moves under the cursor: rows on the screen keep their places, and
// what is new waits until somebody asks for it.

export interface Ranked {
  id: string;
  version: number;
}

export interface Held<Row> {
  /** The rows on the screen, in the order they had, each at its newest version. */
  rows: Row[];
  /** Rows the server has and the screen does not. */
  arrived: number;
  /** Ids on the screen that have left the queue. */
  gone: Set<string>;
}

/** What to show when `fresh` comes while `shown` is on the screen. */
export function hold<Row extends Ranked>(shown: Row[], fresh: Row[]): Held<Row> {
  const byId = new Map(fresh.map((row) => [row.id, row]));
  const gone = new Set<string>();
  const rows = shown.map((row) => {
    const now = byId.get(row.id);
    if (!now) gone.add(row.id);
    byId.delete(row.id);
    return now ?? row;
  });
  return { rows, arrived: byId.size, gone };
}
