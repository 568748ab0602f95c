// Elements without markup in strings: nothing from the server becomes HTML.

export const byId = id => document.getElementById(id);

/** @returns a new element; properties by name, those with a dash as attributes. */
export function element(name, properties = {}, ...children) {
  const result = document.createElement(name);
  for (const [key, value] of Object.entries(properties))
    if (key.includes('-') || key === 'role') result.setAttribute(key, value);
    else result[key] = value;
  result.append(...children);
  return result;
}

/** Changes the text only if it is another: screen readers hear of changes alone. */
export function say(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

/** @returns a table. @param rows arrays of cells; the first cell heads its row. */
export function table(name, heads, rows, best = -1) {
  return element('table', {'aria-label': name},
    element('thead', {}, element('tr', {}, ...heads.map((x, i) =>
      element('th', {scope: 'col', className: i ? 'number' : ''}, x)))),
    element('tbody', {}, ...rows.map((cells, n) =>
      element('tr', {className: n === best ? 'best' : ''}, ...cells.map((x, i) => i
        ? element('td', {className: 'number'}, x)
        : element('th', {scope: 'row'}, x))))));
}
