"""What can be checked by script of how accessible a page is."""

NAMED = {"button", "textbox", "combobox", "spinbutton", "radio", "checkbox", "link", "dialog", "image", "table",
         "Iframe", "searchbox", "slider", "listbox", "region", "form", "switch"}

CONTRAST = """
const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const parse = text => (text.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
function ground(e) {
  for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] === 1) return c;
  }
  return [255, 255, 255];
}
const low = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let texts = 0;
for (let node; (node = walker.nextNode());) {
  const e = node.parentElement;
  if (!node.data.trim() || !e.checkVisibility() || e.closest('script, style, noscript, :disabled')) continue;
  ++texts;
  const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) low.push(`${ratio.toFixed(2)}: ${node.data.trim().slice(0, 40)} in ${e.tagName}.${e.className}`);
}
return {texts, low};
"""

STRUCTURE = """
const wrong = [];
const expect = (x, what) => x || wrong.push(what);
expect(document.documentElement.lang, 'the page has a language');
expect(document.title, 'the page has a title');
for (const name of ['header', 'main', 'h1'])
  expect(document.querySelectorAll(name).length === 1, `there is one ${name}`);
let level = 1;
for (const h of document.querySelectorAll('h1, h2, h3, h4')) {
  if (!h.checkVisibility()) continue;
  expect(Number(h.tagName[1]) <= level + 1, `no level is left out before ${h.textContent}`);
  level = Number(h.tagName[1]);
}
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
expect(new Set(ids).size === ids.length, 'ids are unique');
for (const e of document.querySelectorAll('[aria-controls], [aria-labelledby]'))
  for (const id of (e.getAttribute('aria-controls') ?? e.getAttribute('aria-labelledby')).split(' '))
    expect(document.getElementById(id), `${id} exists`);
for (const t of document.querySelectorAll('table'))
  expect(t.querySelector('th[scope=col]') && t.querySelector('th[scope=row]'), 'tables have heads of both kinds');
for (const r of performance.getEntriesByType('resource'))
  expect(r.name.startsWith(location.origin), `${r.name} comes from this server`);
for (const e of document.querySelectorAll('[style], style, script:not([src])'))
  expect(e.closest('.plot') && e.tagName !== 'STYLE', `no inline style or script: ${e.outerHTML.slice(0, 80)}`);
return wrong;
"""

OVERFLOW = """
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= width) return [];
return [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1)
  .map(e => `${e.tagName}.${e.className} reaches ${Math.round(e.getBoundingClientRect().right)}`);
"""

FOCUS = """
const e = document.activeElement, shown = e.matches('.ranges input') ? e.nextElementSibling : e;
const style = getComputedStyle(shown);
return {on: e === document.body ? '' : e.id || e.className || e.tagName,
        visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2};
"""


def problems(browser):
    """@returns what is wrong with the page as it is shown now, in words."""
    nodes = browser.cdp("Accessibility.getFullAXTree")["nodes"]
    parts = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes
             if not n.get("ignored") and n.get("role")]
    result = [f"a {role} without a name" for role, name in parts if role in NAMED and not name.strip()]
    if sum(role in NAMED for role, _ in parts) < 10:
        result.append(f"the accessibility tree is all but empty: {parts}")
    contrast = browser.run(CONTRAST)
    result += [f"low contrast {x}" for x in contrast["low"]]
    if contrast["texts"] < 50:
        result.append(f"only {contrast['texts']} texts were looked at")
    return result + browser.run(STRUCTURE) + browser.run(OVERFLOW)


def tab_stops(browser, most=100):
    """Tabs through the page once. @returns [(what has the focus, whether one sees it)]."""
    browser.run("document.activeElement.blur(); scrollTo(0, 0)")
    stops = []
    for _ in range(most):
        browser.press("\ue004")
        stop = browser.run(FOCUS)
        if not stop["on"]:
            break
        stops.append((stop["on"], stop["visible"]))
    return stops
