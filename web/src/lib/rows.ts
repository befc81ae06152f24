// Which rows of a long table to draw: those in view and a few around them.

export interface Slice {
  first: number;
  last: number;
  above: number;
  below: number;
}

const AROUND = 12;

/** The slice of `count` rows of `height` px that a view of `view` px at `top` px needs. */
export function slice(count: number, height: number, top: number, view: number): Slice {
  const first = Math.max(0, Math.min(count, Math.floor(top / height)) - AROUND);
  const last = Math.min(count, Math.ceil((top + view) / height) + AROUND);
  return { first, last, above: first * height, below: (count - last) * height };
}
