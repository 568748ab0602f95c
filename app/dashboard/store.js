// What the page knows of one target: points and events, both bounded.

const pointsMax = 1000; // The server's, for the whole range.
const tailMax = 300;    // Fine points since; then the server is asked again.
const eventsMax = 5000;

const keyOf = e => `${e.kind} ${e.id} ${e.at}`;

export class Store {
  constructor() { this.clear(); }

  clear() {
    this.points = [];
    this.tail = 0;
    this.events = new Map();
    this.oldestAsked = Infinity;
  }

  /** Takes the server's points of a range in place of what is there, but for newer ones. */
  takeSeries(points) {
    const last = points.at(-1)?.closed_at ?? -Infinity;
    const newer = this.points.slice(-tailMax).filter(p => p.opened_at >= last - 1e-3);
    this.points = points.concat(newer);
    this.tail = newer.length;
  }

  /** Adds a live point. @returns whether the series should be asked for again. */
  addPoint(point, range) {
    const last = this.points.at(-1);
    if (last && point.closed_at <= last.closed_at) return false;
    this.points.push(point);
    this.tail += 1;
    const from = point.closed_at - range;
    let old = 0;
    while (old < this.points.length && this.points[old].closed_at < from) ++old;
    if (this.points.length - old > pointsMax + 2 * tailMax) // The server doesn't answer.
      old = this.points.length - pointsMax - tailMax;
    if (old) this.points.splice(0, old);
    return this.tail > tailMax && this.points.length > pointsMax;
  }

  /** Adds events, or puts newer versions in place of those that are there. */
  takeEvents(events) {
    for (const e of events) this.events.set(keyOf(e), e);
    if (this.events.size <= eventsMax) return;
    for (const e of this.newestFirst().slice(eventsMax)) this.events.delete(keyOf(e));
  }

  newestFirst() {
    return [...this.events.values()].sort((a, b) => b.at - a.at || b.id - a.id);
  }

  /** @returns the newest decision that a roll-back would undo; undefined if there is none. */
  newestStanding() {
    return this.newestFirst().find(e => e.kind === 'tuning' && !e.undone
      && !['rolled_back', 'inconclusive'].includes(e.verdict));
  }

  /** @returns from when on events may have changed since they were last seen. */
  unsettledSince() {
    let since = Infinity;
    for (const e of this.events.values())
      if (e.kind === 'tuning' && e.verdict_at === null) since = Math.min(since, e.at);
    const newest = Math.max(0, ...[...this.events.values()].map(e => e.at));
    return Math.min(since, newest);
  }
}

export {keyOf, pointsMax, eventsMax};
