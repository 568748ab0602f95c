// The charts: dygraphs, linked in time, and their values in words.

import {element, say} from './dom.js';
import {colours, drawMarks, markAt} from './marks.js';
import {rowsOf} from './panels.js';
import {number, time} from './words.js';

/* global Dygraph */

// Its legend sets styles in a way that the page's security policy refuses.
Dygraph.PLUGINS = Dygraph.PLUGINS.filter(x => x !== Dygraph.Plugins.Legend);

class Chart {
  constructor(panel, linked) {
    this.panel = panel;
    this.linked = linked;
    this.values = element('ul', {className: 'values'});
    this.outputs = panel.series.map(s => {
      const output = element('b', {}, '–');
      this.values.append(element('li', {},
        element('span', {className: `swatch ${s.swatch}${s.dashed ? ' dashed' : ''}`, 'aria-hidden': 'true'}),
        s.name, output));
      return output;
    });
    this.plot = element('div', {className: 'plot', role: 'img'});
    this.figure = element('figure', {className: 'chart' + (panel.wide ? ' wide' : ''), hidden: true},
      element('figcaption', {}, element('h3', {}, panel.title), this.values), this.plot);
    this.at = element('li', {className: 'at', hidden: true});
    this.values.append(this.at);
  }

  /** @param rows of all charts. @param view [from, to] in ms. */
  draw(rows, view) {
    const {panel} = this;
    this.figure.hidden = !rows.length || Boolean(panel.optional)
      && !rows.some(([, p]) => p && panel.series.some(s => typeof s.value(p) === 'number'));
    if (this.figure.hidden) return;
    const positive = x => this.log && !(x > 0) ? null : x;
    const file = rows.map(([at, p]) => [at, ...panel.series.map(s => p ? positive(s.value(p)) : null)]);
    const now = {file, dateWindow: view, valueRange: this.heights(file, view)};
    if (this.graph) this.graph.updateOptions(now);
    else this.graph = new Dygraph(this.plot, file, {...this.options(), ...now});
  }

  /** @returns from 0 to above the largest value in view, so that marks have room. */
  heights(file, [from, to]) {
    if (this.panel.range || this.log) return this.panel.range ?? null;
    let most = 0;
    for (const [at, ...values] of file)
      if (at >= from && at <= to) most = Math.max(most, ...values);
    return [0, most > 0 ? most * 1.2 : 1];
  }

  options() {
    const {panel, linked} = this;
    const axis = {axisLabelFontSize: 11, drawGrid: true};
    return {
      ...this.look(),
      labels: ['time', ...panel.series.map(s => s.name)],
      series: Object.fromEntries(panel.series.map(s =>
        [s.name, {strokeWidth: s.width ?? 1, strokePattern: s.dashed ? [6, 4] : null}])),
      axes: {
        x: {...axis, ticker: Dygraph.dateTicker, axisLabelFormatter: Dygraph.dateAxisLabelFormatter,
          pixelsPerLabel: 70, axisLabelWidth: 64},
        y: {...axis, axisLabelWidth: 46, pixelsPerLabel: 26,
          axisLabelFormatter: x => panel.range ? `${Math.round(x * 100)} %` : number(x)},
      },
      stepPlot: Boolean(panel.step),
      highlightCircleSize: 3,
      rightGap: 8,
      interactionModel: { // Without touch: a finger on a chart scrolls the page.
        mousedown: Dygraph.defaultInteractionModel.mousedown,
        willDestroyContextMyself: true,
        dblclick: () => linked.showLive(),
      },
      zoomCallback: (from, to) => linked.follow([from, to], true),
      underlayCallback: (context, area, g) => drawMarks(context, area, g, linked.events),
      highlightCallback: (event, x, points, row) => linked.select(row),
      unhighlightCallback: () => linked.select(-1),
      drawCallback: (g, initial) => initial || linked.follow(g.xAxisRange()),
      clickCallback: event => linked.click(this.graph, event),
    };
  }

  /** Colours, which change with the scheme. */
  look() {
    const colour = colours();
    const names = {s1: 'series-1', s2: 'series-2', s3: 'series-3', objective: 'objective'};
    return {
      colors: this.panel.series.map(s => colour(names[s.swatch])),
      gridLineColor: colour('line'),
      axisLineColor: colour('control'),
    };
  }

  /** Writes the values of one point; where it isn't the latest, a wide chart says of when. */
  tell(point, latest) {
    this.panel.series.forEach((s, i) =>
      say(this.outputs[i], this.panel.format(point ? s.value(point) : null)));
    this.at.hidden = latest || !point || !this.panel.wide;
    if (!this.at.hidden) say(this.at, 'at ' + time(point.closed_at));
  }
}

export class Charts {
  /** @param on {zoom(from, to) in Unix seconds or nothing for live, mark(event)} */
  constructor(container, on) {
    this.container = container;
    this.on = on;
    this.charts = [];
    this.rows = [];
    this.events = [];
    this.selected = -1;
    this.zoomed = null;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      for (const c of this.charts) c.graph?.updateOptions(c.look());
    });
  }

  setPanels(panels) {
    for (const c of this.charts) c.graph?.destroy();
    this.charts = panels.map(p => new Chart(p, this));
    this.container.replaceChildren(...this.charts.map(c => c.figure));
    this.zoomed = null;
  }

  /** @param live [from, to] in ms, what is shown unless zoomed. */
  draw(points, events, live, words) {
    this.rows = rowsOf(points);
    this.events = events;
    this.view = this.zoomed ?? live;
    this.busy = true;
    for (const c of this.charts) {
      c.draw(this.rows, this.view);
      c.plot.setAttribute('aria-label', `Chart of ${c.panel.title}, ${words}; values in the caption`);
    }
    this.busy = false;
    if (this.selected < 0) this.tell();
  }

  tell() {
    const chosen = this.rows[this.selected]?.[1];
    const latest = this.rows.at(-1)?.[1];
    for (const c of this.charts) c.tell(chosen ?? latest, !chosen);
  }

  setLogScale(log) {
    for (const c of this.charts.filter(x => x.panel.latency)) {
      c.log = log;
      c.graph?.updateOptions({logscale: log, valueRange: null});
    }
  }

  select(row) {
    this.selected = row;
    for (const c of this.charts) {
      if (row < 0) c.graph?.clearSelection();
      else if (!c.figure.hidden) c.graph?.setSelection(row);
    }
    this.tell();
  }

  /** One chart was zoomed or panned: so are the others. */
  follow(range, zoomed = false) {
    if (this.busy || !zoomed && this.view[0] === range[0] && this.view[1] === range[1]) return;
    this.view = this.zoomed = range;
    this.busy = true;
    for (const c of this.charts) c.graph?.updateOptions({dateWindow: range});
    this.busy = false;
    this.on.zoom(range[0] / 1000, range[1] / 1000);
  }

  showLive() {
    this.zoomed = null;
    this.on.zoom();
  }

  click(g, event) {
    const found = markAt(g, g.eventToDomCoords(event)[0], this.events);
    if (found) this.on.mark(found);
  }
}
